import type { Readable, Writable } from 'node:stream';
import type { V1Status } from '@kubernetes/client-node';
import type { Clock } from '../../seams/clock.ts';
import { objectPath, withQuery } from '../client/paths.ts';
import type { Connection } from '../connection/connection.ts';
import { KubeError } from '../errors/errors.ts';
import { errorFromResponse } from '../errors/status.ts';
import { formatKey } from '../object/key.ts';
import type { Resource } from '../object/resource.ts';
import { startDeadline, within } from '../transport/deadline.ts';
import type { Transport } from '../transport/transport.ts';
import { loadPodProtocols, type PodProtocols } from './pod-protocols.ts';

export interface PodTarget {
  namespace: string;
  name: string;
  /** Default: the pod's only, or annotated, container. */
  container?: string;
}

export interface PodIo {
  stdin?: Readable;
  stdout?: Writable;
  stderr?: Writable;
  /** Default false. With a terminal the output is not split: all of it comes on stdout. */
  tty?: boolean;
}

export interface ExecOptions extends PodIo {
  command: readonly string[];
}

export interface PodSession {
  /** Ends the conversation; the command may go on in the container. */
  close(): void;
  /** Resolves when the other side ended it. */
  readonly closed: Promise<void>;
}

export interface ExecSession extends PodSession {
  /** Exit code of the command. Rejects when the connection broke before it was known. */
  readonly exitCode: Promise<number>;
}

export interface LogOptions {
  /** Keep going with what is written later. Default false. */
  follow?: boolean;
  tailLines?: number;
  sinceSeconds?: number;
  previous?: boolean;
  timestamps?: boolean;
  signal?: AbortSignal;
}

export interface PodStreams {
  exec(pod: PodTarget, options: ExecOptions): Promise<ExecSession>;
  attach(pod: PodTarget, io: PodIo): Promise<PodSession>;
  /** Joins one port of the pod with two streams; for a local port, call it for each connection. */
  portForward(pod: PodTarget, port: number, io: { input: Readable; output: Writable }): Promise<PodSession>;
  logs(pod: PodTarget, options?: LogOptions): AsyncIterable<Buffer>;
}

export interface PodStreamsOptions {
  connection: Connection;
  transport: Transport;
  clock: Clock;
  /** For opening. Default 30 s. */
  timeoutMs?: number;
}

interface Socket {
  close(): void;
  addEventListener(event: 'close', listener: () => void): void;
}

const pods: Resource = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
const defaultTimeoutMs = 30_000;

/**
 * Conversations with pods. client-node speaks the WebSocket protocol and is loaded at the first use: it costs a quarter
 * of a second and 87 MB. Logs are an ordinary stream of the transport, because client-node turns every failure of them
 * into a 500 without its cause.
 */
export function createPodStreams(options: PodStreamsOptions): PodStreams {
  return {
    exec: (pod, request) => exec(options, pod, request),
    attach: (pod, io) => attach(options, pod, io),
    portForward: (pod, port, io) => portForward(options, pod, { port, ...io }),
    logs: (pod, query) => logs(options, pod, query),
  };
}

async function exec(options: PodStreamsOptions, pod: PodTarget, request: ExecOptions): Promise<ExecSession> {
  const attempted = checked('exec in', pod);
  const { command, stdin = null, stdout = null, stderr = null, tty = false } = request;
  const exit = Promise.withResolvers<number>();
  // A caller who only waits for the end must not be killed by an unhandled rejection.
  exit.promise.catch(() => undefined);
  const onStatus = (status: V1Status) => settle(exit, status, attempted);
  const container = pod.container ?? '';
  const socket = await open(options, attempted, ({ exec }) =>
    exec.exec(pod.namespace, pod.name, container, [...command], stdout, stderr, stdin, tty, onStatus),
  );
  const session = sessionOf(socket);
  const detail = 'the connection ended before the exit code came';
  void session.closed.then(() => exit.reject(new KubeError({ code: 'Unavailable', attempted, detail })));
  return { ...session, exitCode: exit.promise };
}

async function attach(options: PodStreamsOptions, pod: PodTarget, io: PodIo): Promise<PodSession> {
  const attempted = checked('attach to', pod);
  const { stdin = null, stdout = null, stderr = null, tty = false } = io;
  const socket = await open(options, attempted, ({ attach }) =>
    attach.attach(pod.namespace, pod.name, pod.container ?? '', stdout, stderr, stdin, tty),
  );
  return sessionOf(socket);
}

interface PortIo {
  port: number;
  input: Readable;
  output: Writable;
}

async function portForward(options: PodStreamsOptions, pod: PodTarget, io: PortIo): Promise<PodSession> {
  const { port, input, output } = io;
  const attempted = checked(`forward port ${port} of`, pod);
  const socket = await open(options, attempted, ({ portForward }) =>
    portForward.portForward(pod.namespace, pod.name, [port], output, null, input),
  );
  const session = sessionOf(socket as Socket);
  void session.closed.then(() => output.end());
  return session;
}

async function* logs(
  { transport }: PodStreamsOptions,
  pod: PodTarget,
  options: LogOptions = {},
): AsyncGenerator<Buffer> {
  const { signal, ...query } = options;
  const attempted = checked('read logs of', pod);
  const path = withQuery(objectPath(pods, pod, 'log'), { ...query, container: pod.container });
  const { status, body } = await transport.stream({ method: 'GET', path, ...(signal && { signal }) });
  if (status !== 200) throw errorFromResponse({ status, body: await firstBytes(body) }, { attempted });
  yield* body;
}

async function open<T>(
  { connection, clock, timeoutMs = defaultTimeoutMs }: PodStreamsOptions,
  attempted: string,
  start: (protocols: PodProtocols) => Promise<T>,
): Promise<T> {
  const late = () => new KubeError({ code: 'Timeout', attempted, detail: `not open within ${timeoutMs / 1000} s` });
  const deadline = startDeadline(clock, { timeoutMs, reason: late });
  try {
    return await within(deadline.signal, loadPodProtocols(connection).then(start));
  } catch (error) {
    throw error instanceof KubeError ? error : refused(attempted, error);
  } finally {
    deadline.release();
  }
}

function sessionOf(socket: Socket): PodSession {
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  return { close: () => socket.close(), closed };
}

function settle(exit: PromiseWithResolvers<number>, status: V1Status, attempted: string): void {
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (status.status === 'Success') exit.resolve(0);
  else if (code !== undefined && /^\d+$/.test(code)) exit.resolve(Number(code));
  else
    exit.reject(
      new KubeError({ code: 'Unknown', attempted, detail: status.message ?? 'the command could not be run' }),
    );
}

/** client-node puts names into the path as they are, so they are checked before it sees them. */
function checked(verb: string, pod: PodTarget): string {
  objectPath(pods, pod);
  return `${verb} pods ${formatKey(pod)}`;
}

/** `ws` says only that the upgrade was answered with another status. */
function refused(attempted: string, error: unknown): KubeError {
  const message = (error as { message?: unknown } | undefined)?.message;
  const detail = typeof message === 'string' ? message : 'the connection was refused';
  const status = Number(/server response: (\d{3})/.exec(detail)?.[1]);
  if (Number.isNaN(status)) return new KubeError({ code: 'Unavailable', attempted, detail });
  return errorFromResponse({ status, body: Buffer.from(detail) }, { attempted });
}

const maxErrorBytes = 64 * 1024;

async function firstBytes(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxErrorBytes) break;
  }
  return Buffer.concat(chunks);
}
