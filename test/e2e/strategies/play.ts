import { services } from '../../../src/objects/core.ts';
import { labels } from '../../../src/objects/labels.ts';
import { replicaSets } from '../../../src/objects/workloads.ts';
import { until } from '../../support/until.ts';
import { untilHeard } from '../world/followed.ts';
import { type Visits, visit } from '../world/visitor.ts';
import type { World } from '../world/world.ts';
import type { Act } from './acts.ts';
import type { Column } from './columns.ts';
import { type Contestant, isSeen } from './contestant.ts';
import { type End, endOf, type Start, startOf } from './end.ts';
import type { Row } from './rows.ts';

/** By name; what went wrong on the way stands in the place of an end. */
type Ends = Record<string, End | string>;

const deadlineMs = 120_000;
const visitEveryMs = 200;

/** A contestant in a row, with its visitors. */
interface Seat {
  readonly contestant: Contestant;
  readonly expected: End;
  readonly start: Start;
  readonly visitor: ReturnType<typeof visit>;
}

/** All strategies go through the row at the same time. Compare with `expectedOf`. */
export async function play(world: World, row: Row, contestants: readonly Contestant[]): Promise<Ends> {
  const seats = await Promise.all(takingPart(row, contestants).map((contestant) => seatOf(row, contestant)));
  try {
    await row.first?.();
    const failures = await Promise.all(seats.map(({ contestant }) => orWhyNot(act(contestant, row.acts))));
    // Also when an act failed: the node has to come back.
    await row.once?.(world);
    const told = seats.map(async (seat, index) => {
      const end = failures[index] ?? (await orWhyNot(finish(world, row, seat)));
      return [seat.contestant.name, end] as const;
    });
    return Object.fromEntries(await Promise.all(told));
  } finally {
    await Promise.all(seats.map(({ visitor }) => visitor.leave()));
  }
}

export function expectedOf(row: Row, contestants: readonly Contestant[]): Ends {
  const ends = takingPart(row, contestants).map(({ name, column }) => [name, expectedFor(row, column)]);
  return Object.fromEntries(ends);
}

function takingPart({ not = [] }: Row, contestants: readonly Contestant[]): Contestant[] {
  return contestants.filter(({ column }) => !not.some((name) => name === column.name));
}

function expectedFor({ ends, but = {} }: Row, { name }: Column): End {
  return { ...ends, ...(but as Record<string, Partial<End>>)[name] };
}

async function seatOf(row: Row, contestant: Contestant): Promise<Seat> {
  const start = startOf(await contestant.read());
  const visitor = visit(await contestant.addresses(), { everyMs: visitEveryMs });
  return { contestant, start, visitor, expected: expectedFor(row, contestant.column) };
}

async function act(contestant: Contestant, acts: readonly Act[]): Promise<void> {
  for (const one of acts) await one(contestant);
}

/** One that does not get through must not hide what became of the others. */
async function orWhyNot<T>(work: Promise<T>): Promise<T | string> {
  return work.catch((error: unknown) => String(error));
}

async function finish(world: World, { after = [] }: Row, { contestant, start, visitor, expected }: Seat): Promise<End> {
  await act(contestant, after);
  const end = await untilEnd(contestant, start, expected);
  await expectServed(world, contestant);
  return { ...end, lost: lostOf(await visitor.leave(), expected) };
}

/** As it is expected, or as it is at the deadline: the comparison tells the difference. */
async function untilEnd(contestant: Contestant, start: Start, expected: End): Promise<Omit<End, 'lost'>> {
  const { lost: _, ...wanted } = expected;
  const text = textOf(wanted);
  const arrived = contestant.until((now) => isSeen(now) && textOf(endOf(now, start, expected)) === text, deadlineMs);
  await arrived.catch(() => undefined);
  return endOf(await contestant.read(), start, expected);
}

function textOf(end: Omit<End, 'lost'>): string {
  const sorted = Object.entries(end.outcomes).toSorted(([a], [b]) => a.localeCompare(b));
  return JSON.stringify(Object.entries({ ...end, outcomes: sorted }).toSorted(([a], [b]) => a.localeCompare(b)));
}

/** Visitors hear the live release, and nothing runs or stands behind a Service of its own that should have ended. */
async function expectServed(world: World, contestant: Contestant): Promise<void> {
  await untilServed(contestant);
  const strays = () => straysOf(world, contestant);
  const describe = async () => `nothing is left of what ended at ${contestant.name}: ${(await strays()).join(', ')}`;
  await until(async () => (await strays()).length === 0, { deadlineMs: 30_000, everyMs: 500, describe });
}

/** The data plane is later than the status, most of all where it has not heard of a Service before. */
export async function untilServed(contestant: Contestant): Promise<void> {
  const { status } = await contestant.read();
  const words = contestant.words.get(status?.live?.release ?? 0) ?? 'a release of this row';
  for (const address of await contestant.addresses()) await untilHeard(words, address);
}

async function straysOf({ api, namespace }: World, contestant: Contestant): Promise<string[]> {
  const { name } = contestant;
  const { status } = await contestant.read();
  const kept = new Set([status?.live?.release, status?.previous?.release]);
  const names = new Set(status?.history?.filter(({ number }) => kept.has(number)).map((each) => each.name));
  const of = { namespace, labelSelector: `${labels.deployment}=${name}` };
  const [sets, found] = await Promise.all([api.client.list(replicaSets, of), api.client.list(services, of)]);
  const running = sets.items.filter(({ metadata, spec, status: set }) => {
    return !names.has(metadata.name) && (spec?.replicas ?? 0) + (set?.replicas ?? 0) > 0;
  });
  const usual = new Set([name, `${name}-preview`]);
  const led = found.items.filter(({ metadata }) => !names.has(metadata.name) && !usual.has(metadata.name));
  return [...running, ...led].map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

function lostOf({ count, failed }: Visits, expected: End): string {
  if (failed.length === 0) return 'none';
  return expected.lost === 'some' ? 'some' : `${failed.length} of ${count}: ${failed.slice(0, 3).join('; ')}`;
}
