import type { Socket } from 'node:net';
import { connectTo, type Gate } from './connector.ts';
import { Deadline } from './deadline.ts';
import { Fault } from './errors.ts';
import { Flight } from './flight.ts';
import { defaultLimits, type Limits, type OutboundOptions } from './options.ts';
import { parseSshTarget } from './ssh-target.ts';

export interface ConnectionRequest {
  /** `ssh://user@host/path` or `user@host:path`. */
  readonly url: string;
  /** Default: the client's. */
  readonly limits?: Partial<Pick<Limits, 'totalMs' | 'maxBytes'>>;
  /** Gives up when aborted. Default: only the deadline ends it. */
  readonly signal?: AbortSignal;
}

export interface OutboundConnection {
  /** Paused. Is destroyed when the deadline or the cap on what is received is passed, or the caller gives up. */
  readonly socket: Socket;
  /** Aborts with an `OutboundError` when that happens. */
  readonly signal: AbortSignal;
  /** Drops the connection; always needed. */
  close(): void;
}

interface Parts {
  readonly options: OutboundOptions;
  readonly gate: Gate;
}

export async function openConnection(
  { options, gate }: Parts,
  request: ConnectionRequest,
): Promise<OutboundConnection> {
  const { totalMs, maxBytes } = { ...defaultLimits, ...options.limits, ...request.limits };
  const flight = new Flight({ options, name: 'connect', secretPath: false });
  const deadline = new Deadline(options.clock, { code: 'TotalTimeout', ms: totalMs, caller: request.signal });
  try {
    const target = parseSshTarget(request.url);
    if (target === undefined) throw new Fault('SchemeRefused');
    flight.aim(target);
    return held(await connectTo(gate, target, deadline.signal), { deadline, flight, maxBytes });
  } catch (error) {
    deadline.end();
    throw flight.failed(deadline.signal.aborted ? deadline.signal.reason : error);
  }
}

interface Holding {
  readonly deadline: Deadline;
  readonly flight: Flight;
  readonly maxBytes: number;
}

function held(socket: Socket, { deadline, flight, maxBytes }: Holding): OutboundConnection {
  const broken = new AbortController();
  const breakOff = (fault: unknown) => {
    deadline.end();
    socket.destroy();
    broken.abort(flight.failed(fault));
  };
  const onLate = () => breakOff(deadline.signal.reason);
  deadline.signal.addEventListener('abort', onLate, { once: true });
  // Paused first: what the host says before somebody listens would be lost.
  socket.pause();
  socket.on('data', () => {
    if (socket.bytesRead > maxBytes) breakOff(new Fault('BodyTooLarge', `more than ${maxBytes} bytes`));
  });
  socket.on('error', () => undefined);
  if (deadline.signal.aborted) onLate();
  const close = () => {
    deadline.signal.removeEventListener('abort', onLate);
    deadline.end();
    socket.destroy();
    flight.ended('Ok');
  };
  return { socket, signal: broken.signal, close };
}
