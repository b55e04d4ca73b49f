import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecord } from './bare/machine/ownership.ts';
import type { ClusterPaths, ClusterRequest, Driver, Probe } from './driver.ts';

export type DriverKind = Driver['kind'];

export interface Choice {
  readonly kind: DriverKind;
  /** Said aloud, so that nobody has to guess where a cluster is. */
  readonly why: string;
}

export interface Probed {
  readonly kind: DriverKind;
  readonly probe: Probe;
}

/** What each driver writes first and removes last: it tells who made a cluster. */
const records: readonly (readonly [DriverKind, string])[] = [
  ['context', 'context.json'],
  ['kind', 'kind.json'],
  ['bare', 'cluster.json'],
];

/** What made the cluster whose things lie at `paths`; undefined when there is none. */
export async function makerOf(paths: ClusterPaths): Promise<DriverKind | undefined> {
  for (const [kind, file] of records) {
    const found = await access(join(paths.state, file)).then(
      () => true,
      () => false,
    );
    if (found) return kind;
  }
  // Its folder was deleted while it ran: only the machine still knows whose node it is.
  return (await readRecord())?.owner === paths.state ? 'bare' : undefined;
}

/** The choice where none is left: by what exists or by what was asked. Undefined when the machine decides. */
export function settled(request: ClusterRequest, maker: DriverKind | undefined): Choice | undefined {
  const { name, context, apiOnly } = request;
  if (maker !== undefined && context !== undefined && maker !== 'context') {
    throw new Error(
      `cluster "${name}" was made with ${maker} and stays what it is: give the context "${context}" another --name`,
    );
  }
  if (maker !== undefined) return { kind: maker, why: `cluster "${name}" was made with it` };
  if (context !== undefined) return { kind: 'context', why: `--context ${context} names a cluster that exists` };
  if (apiOnly) return { kind: 'bare', why: '--api-only runs without a node' };
  return undefined;
}

/** Takes the first that works, in the order given; says what was against those before it. */
export function choose(probed: readonly Probed[]): Choice {
  const at = probed.findIndex(({ probe }) => probe.usable);
  const chosen = probed[at];
  if (!chosen) throw new Error(noWay(probed));
  const against = probed.slice(0, at).map(({ probe }) => probe.why);
  return { kind: chosen.kind, why: [...against, chosen.probe.why].join('; ') };
}

function noWay(probed: readonly Probed[]): string {
  return [
    'there is no way to make a cluster here:',
    ...probed.map(({ kind, probe }) => `  ${kind}: ${probe.why}`),
    'Do one of these:',
    '  install Docker, kind and kubectl',
    '  run this as root on Linux with Go 1.26 or newer on PATH',
    '  point at a cluster that you have: up --context NAME',
    '  for tests only: up --api-only needs Go, but neither root nor Docker',
  ].join('\n');
}

/** Picks one of `drivers`, asking the machine only when nothing else decides. */
export async function chooseDriver(
  drivers: readonly Driver[],
  request: ClusterRequest,
  maker: DriverKind | undefined,
): Promise<{ driver: Driver; why: string }> {
  const { kind, why } = settled(request, maker) ?? (await chooseByProbes(drivers, request));
  const driver = drivers.find((candidate) => candidate.kind === kind);
  if (!driver) throw new Error(`a cluster made with ${kind} cannot be handled by this version`);
  return { driver, why };
}

/** A context is never taken unasked: that cluster may be anybody's. */
async function chooseByProbes(drivers: readonly Driver[], request: ClusterRequest): Promise<Choice> {
  const probed: Probed[] = [];
  for (const driver of drivers.filter(({ kind }) => kind !== 'context')) {
    const probe = await driver.probe(request);
    probed.push({ kind: driver.kind, probe });
    if (probe.usable) break;
  }
  return choose(probed);
}
