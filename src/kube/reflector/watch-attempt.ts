import type { KubeObject } from '../object/object.ts';
import type { KubeStream } from '../transport/transport.ts';
import type { Attempt } from './attempt.ts';
import { type Failure, failureOfAnswer, failureOfError } from './failure.ts';
import type { Outcome } from './plan.ts';
import { syncVersion, watchListRequest, watchRequest, watchSeconds } from './requests.ts';
import { UndecodableError } from './undecodable.ts';
import { WatchSession } from './watch-session.ts';
import { Watchdog } from './watchdog.ts';

/** The server sends a bookmark a minute; a watch without any sign for longer than two of them is dead. */
const idleMs = 150_000;
/** During the initial list something comes all the time. */
const initialIdleMs = 30_000;
/** A watch may take that much longer than it was asked to. */
const overtimeMs = 30_000;
const shortWatchMs = 1000;
const maxErrorBytes = 64 * 1024;

/** Watches until the stream ends, beginning with all objects when the position asks for a sync. */
export async function attemptWatch<T extends KubeObject>(attempt: Attempt<T>, signal: AbortSignal): Promise<Outcome> {
  const { clock, position, random, stats } = attempt;
  const request = position.sync ? 'watchList' : 'watch';
  const stop = new AbortController();
  const seconds = watchSeconds(random);
  const limit = clock.setTimeout(
    () => stop.abort(new Error('the watch outlasted its time')),
    seconds * 1000 + overtimeMs,
  );
  stats.requests[request]++;
  try {
    const stream = await open(attempt, seconds, AbortSignal.any([signal, stop.signal]));
    if (stream.status === 200) return { request, ...(await follow(attempt, stream, stop)) };
    const failure = failureOfAnswer({ ...stream, body: await readBounded(stream.body) }, clock.now());
    return { request, synced: false, progressed: false, failure };
  } catch (error) {
    return { request, synced: false, progressed: false, failure: failureOfError(error) };
  } finally {
    clock.clearTimeout(limit);
    stop.abort();
  }
}

function open<T extends KubeObject>(attempt: Attempt<T>, seconds: number, signal: AbortSignal): Promise<KubeStream> {
  const { collection, position, target, transport } = attempt;
  const request = position.sync
    ? watchListRequest(collection, syncVersion(position, target.resourceVersion), seconds)
    : watchRequest(collection, target.resourceVersion ?? '', seconds);
  return transport.stream({ ...request, signal });
}

type Followed = Omit<Outcome, 'request'>;

async function follow<T extends KubeObject>(
  attempt: Attempt<T>,
  stream: KubeStream,
  stop: AbortController,
): Promise<Followed> {
  const { clock, stats } = attempt;
  const began = clock.monotonic();
  const watchdog = new Watchdog(clock, attempt.position.sync ? initialIdleMs : idleMs, () => stop.abort());
  const session = new WatchSession<T>(attempt, () => {
    stats.lastByteAt = clock.monotonic();
    watchdog.sign(session.synced ? idleMs : initialIdleMs);
  });
  stats.connected = true;
  const { failure, brokenBy } = await session.read(stream.body).then(stopped, broken);
  watchdog.stop();
  const { synced, progressed } = session;
  const lastedMs = clock.monotonic() - began;
  return {
    synced,
    progressed,
    brokenBy,
    failure: watchdog.barked ? silent : (failure ?? endedEarly(session, lastedMs)),
  };
}

const silent: Failure = { reason: 'Silent', detail: 'nothing came for too long, not even a bookmark' };

type Ending = Pick<Outcome, 'failure' | 'brokenBy'>;

function stopped(failure: Failure | undefined): Ending {
  return { failure };
}

/** A connection that was cut is an end like any other: what came before is in, and the next watch goes on from there. */
function broken(error: unknown): Ending {
  if (error instanceof UndecodableError) return { failure: failureOfError(error) };
  return { brokenBy: error instanceof Error ? error.message : String(error) };
}

function endedEarly({ synced, progressed }: Followed, lastedMs: number): Failure | undefined {
  if (!synced) return { reason: 'Incomplete', detail: 'the watch ended before the initial list was complete' };
  if (progressed || lastedMs >= shortWatchMs) return undefined;
  return { reason: 'ShortWatch', detail: 'the watch ended within a second and brought nothing new' };
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxErrorBytes) break;
  }
  return Buffer.concat(chunks);
}
