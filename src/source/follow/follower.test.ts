import { Registry } from 'prom-client';
import { beforeEach, expect, it } from 'vitest';
import { sample } from '../../../test/support/metrics.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { gitCredentials } from '../credentials.ts';
import { SourceError } from '../errors.ts';
import type { RefRequest, Resolved } from '../resolve-ref.ts';
import { Follower, type FollowRequest } from './follower.ts';
import { FollowerMetrics } from './metrics.ts';

const pollMs = 60_000;
const one: Resolved = { commit: '1'.repeat(40), repositoryId: 'https://host/shop' };
const two: Resolved = { commit: '2'.repeat(40), repositoryId: 'https://host/shop' };
const down = new SourceError('SourceUnreachable', 'down');

let clock: ManualClock;
let registry: Registry;
/** What the host answers, in order; the last one stays. */
let answers: (Resolved | Error | Promise<Resolved>)[];
let asked: RefRequest[];
let follower: Follower;

beforeEach(() => {
  clock = new ManualClock();
  registry = new Registry();
  answers = [one];
  asked = [];
  follower = follow();
});

function follow(maxRefs = 100): Follower {
  const resolve = async (request: RefRequest) => {
    asked.push(request);
    const answer = await (answers.length > 1 ? answers.shift() : answers[0]);
    if (answer === undefined || answer instanceof Error) throw answer;
    return answer;
  };
  // A spread of one half: no jitter.
  return new Follower({ clock, random: { next: () => 0.5 }, metrics: new FollowerMetrics(registry), resolve, maxRefs });
}

function look(request: Partial<FollowRequest> = {}) {
  const signal = new AbortController().signal;
  return follower.look({ url: 'https://host/shop.git', ref: { branch: 'main' }, pollMs, signal, ...request });
}

it('asks the host once for all that look at one ref, and again when the answer is too old', async () => {
  const first = await Promise.all([look(), look(), look({ url: 'https://HOST/shop' })]);
  expect(first.map(({ known }) => known)).toEqual([one, one, one]);
  expect(first.map(({ nextLookMs }) => nextLookMs)).toEqual([pollMs, pollMs, pollMs]);
  expect(asked).toHaveLength(1);

  await clock.advance(pollMs - 1);
  expect((await look()).nextLookMs).toBe(1);
  answers = [two];
  await clock.advance(1);

  expect(await look()).toMatchObject({ known: two, error: undefined, nextLookMs: pollMs });
  expect(asked).toHaveLength(2);
});

it('keeps refs and logins apart', async () => {
  await look();
  await look({ ref: { tag: 'main' } });
  await look({ credentials: gitCredentials({ token: btoa('a') }) });
  await look({ credentials: gitCredentials({ token: btoa('b') }) });

  expect(asked).toHaveLength(4);
});

it('serves each asker by its own period', async () => {
  await look();
  await clock.advance(20_000);

  await look({ pollMs: 600_000 });
  expect(asked).toHaveLength(1);
  await look({ pollMs: 10_000 });
  expect(asked).toHaveLength(2);
});

it('keeps the last good answer while the host is down, and asks with growing distance', async () => {
  const { readAt } = await look();
  answers = [down];
  await clock.advance(pollMs);

  const delays: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    const seen = await look();
    expect(seen).toMatchObject({ known: one, readAt, error: down });
    delays.push(seen.nextLookMs);
    await clock.advance(seen.nextLookMs);
  }
  expect(delays).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600].map((seconds) => seconds * 1000));

  answers = [two];
  expect(await look()).toMatchObject({ known: two, error: undefined, nextLookMs: pollMs });
});

it('asks for what only a person can mend no more often than for an answer', async () => {
  answers = [new SourceError('SourceNotFound', 'gone')];

  expect(await look()).toMatchObject({ known: undefined, nextLookMs: pollMs });
});

it('leaves a host alone for as long as it asks for', async () => {
  answers = [new SourceError('SourceUnreachable', 'busy', { retryAfterMs: 120_000 })];
  expect((await look()).nextLookMs).toBe(120_000);
});

it('asks at once when it is woken', async () => {
  await look();
  follower.wake({ url: 'https://host/shop', ref: { branch: 'main' } });
  await look();

  expect(asked).toHaveLength(2);
});

it('asks once for each new wish, whoever brings it', async () => {
  await look();
  const wakes = [{ from: 'project', value: '1' }];
  await look({ wakes });
  await look({ wakes });
  await look({ wakes: [...wakes, { from: 'deployment', value: '1' }] });
  await look({ wakes: [{ from: 'project', value: '2' }] });

  expect(asked).toHaveLength(4);
});

it('looks again when the wish came after the question', async () => {
  const slow = Promise.withResolvers<Resolved>();
  answers = [slow.promise, two];
  const looking = look();
  await clock.advance(0);

  follower.wake({ url: 'https://host/shop', ref: { branch: 'main' } });
  slow.resolve(one);

  expect((await looking).known).toEqual(two);
});

it('lets one asker give up while the others get their answer', async () => {
  const slow = Promise.withResolvers<Resolved>();
  answers = [slow.promise];
  const impatient = new AbortController();
  const gone = look({ signal: impatient.signal });
  const patient = look();

  impatient.abort(new Error('reconcile timed out'));
  await expect(gone).rejects.toThrow('reconcile timed out');
  slow.resolve(one);

  expect((await patient).known).toEqual(one);
  expect(asked).toHaveLength(1);
});

it('gives a fault of the program to whoever asked, and asks again', async () => {
  answers = [new TypeError('bug'), one];

  await expect(look()).rejects.toThrow('bug');
  expect((await look()).known).toEqual(one);
});

it('ends what is under way when it stops', async () => {
  await look();
  follower.stop();

  expect(asked[0]?.signal.aborted).toBe(true);
});

it('forgets the ref that was asked for longest ago when there are too many', async () => {
  registry.clear();
  follower = follow(2);
  for (const branch of ['a', 'b', 'a', 'c', 'a']) await look({ ref: { branch } });
  expect(asked.map(({ ref }) => ref.branch)).toEqual(['a', 'b', 'c']);

  await look({ ref: { branch: 'b' } });
  expect(asked).toHaveLength(4);
});

it('counts looks by outcome and shows the age of answers', async () => {
  await look();
  answers = [down];
  await clock.advance(pollMs);
  await look();

  expect(await sample(registry, 'vish_source_polls_total', { outcome: 'Ok' })).toBe(1);
  expect(await sample(registry, 'vish_source_polls_total', { outcome: 'SourceUnreachable' })).toBe(1);
  expect(await sample(registry, 'vish_source_answer_age_seconds_sum')).toBe(60);
});
