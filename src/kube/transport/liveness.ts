import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../seams/clock.ts';

/** How often HTTP/2 connections are pinged; each answer is a sign of life. */
export const pingIntervalMs = 10_000;
const tickMs = 5_000;
const silentTicks = 6;

export interface LivenessWatch {
  add(socket: Socket): void;
  stop(): void;
}

interface Observed {
  bytes: number;
  silent: number;
}

/**
 * Destroys an HTTP/2 connection on which no byte, not even the answer to a ping, arrived for 30 s. undici sends the
 * pings but waits for no answer, and an unanswered ping keeps TCP keep-alive from working, so a route that is lost
 * would be noticed after a quarter of an hour. Silence is counted in ticks, not in time: a process that was busy or
 * suspended reads what came in the meantime before the next tick.
 */
export function watchLiveness(clock: Clock): LivenessWatch {
  const sockets = new Map<Socket, Observed>();
  let timer: Timer | undefined;

  function arm(): void {
    timer = clock.setTimeout(tick, tickMs);
  }

  function tick(): void {
    timer = undefined;
    for (const [socket, observed] of sockets) check(socket, observed);
    if (sockets.size > 0) arm();
  }

  return {
    add(socket) {
      sockets.set(socket, { bytes: socket.bytesRead, silent: 0 });
      socket.once('close', () => sockets.delete(socket));
      if (!timer) arm();
    },
    stop() {
      if (timer) clock.clearTimeout(timer);
      timer = undefined;
      sockets.clear();
    },
  };
}

function check(socket: Socket, observed: Observed): void {
  const bytes = socket.bytesRead;
  observed.silent = bytes === observed.bytes ? observed.silent + 1 : 0;
  observed.bytes = bytes;
  if (observed.silent < silentTicks) return;
  socket.destroy(new Error(`no sign of life from the server for ${(silentTicks * tickMs) / 1000} s`));
}
