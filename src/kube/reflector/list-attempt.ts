import type { KubeObject } from '../object/object.ts';
import { type Attempt, newInitialList } from './attempt.ts';
import { completeList } from './complete-list.ts';
import { type Failure, failureOfAnswer, failureOfError } from './failure.ts';
import type { InitialList } from './initial-list.ts';
import { readPage } from './list-page.ts';
import { pause } from './pause.ts';
import type { Outcome } from './plan.ts';
import { listRequest, syncVersion } from './requests.ts';

/** A server that always names one more page must not keep us for ever. */
const maxPages = 10_000;

/** Fetches all objects page by page, for servers that cannot send them in a watch. */
export async function attemptList<T extends KubeObject>(attempt: Attempt<T>, signal: AbortSignal): Promise<Outcome> {
  attempt.stats.requests.list++;
  const failure = await fetchAll(attempt, signal).catch(failureOfError);
  const done = failure === undefined;
  return { request: 'list', synced: done, progressed: done, failure };
}

async function fetchAll<T extends KubeObject>(attempt: Attempt<T>, signal: AbortSignal): Promise<Failure | undefined> {
  const { collection, position, stats, target, transport, clock } = attempt;
  const version = syncVersion(position, target.resourceVersion);
  const list = newInitialList(attempt);
  let token = '';
  for (let page = 0; page < maxPages; page++) {
    const answer = await transport.request({ ...listRequest(collection, version, token), signal });
    if (answer.status !== 200) return failureOfAnswer(answer, clock.now());
    stats.connected = true;
    stats.lastByteAt = clock.monotonic();
    const metadata = await takePage(list, answer.body);
    if (!metadata.continue) return completeList(attempt, list, metadata.resourceVersion);
    token = metadata.continue;
  }
  return { reason: 'Undecodable', detail: `a list of more than ${maxPages} pages` };
}

async function takePage<T extends KubeObject>(list: InitialList<T>, body: Buffer) {
  const items = readPage(body);
  let unpaused = 0;
  let step = items.next();
  for (; !step.done; step = items.next()) {
    list.take('ADDED', step.value);
    unpaused = await pause(unpaused + step.value.bytes);
  }
  return step.value;
}
