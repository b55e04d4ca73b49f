import type { Build } from '../../src/crds/build/build.ts';
import { apiVersion } from '../../src/crds/kind/kind.ts';
import type { Project } from '../../src/crds/project/project.ts';
import { builds, projects } from '../../src/objects/vish.ts';
import { type Clock, sleep } from '../../src/seams/clock.ts';
import { createRequests } from '../../test/harness/requests/requests.ts';
import { userOf } from '../../test/harness/requests/rights.ts';
import { percentile } from '../runtime/delays.ts';
import { podMemory } from '../skeleton/pod-memory.ts';
import type { World } from '../skeleton/world.ts';

export interface ManyFigures {
  /** Builds without a digest at the end. */
  readonly failed: number;
  /** The most that ever ran at the same time. */
  readonly atOnce: number;
  readonly seconds: number;
  readonly requestsPerBuild: number;
  /** MiB that the last quarter of the time had beyond the first one, by their medians. */
  readonly growth: number;
}

const at = { namespace: 'default', name: 'many' };
const everyMs = 2000;
const longestMs = 30 * 60_000;

/** So many Builds of one commit, each with another argument, made at once in a Project that may run three. */
export async function buildMany(world: World, clock: Clock, commit: string, count: number): Promise<ManyFigures> {
  const { client } = world.api;
  const names = Array.from({ length: count }, (_, index) => `${at.name}-${index}`);
  const requests = createRequests({ auditLog: world.auditLog, client });
  await client.create(projects, await likeTheSample(world, count));
  const from = await requests.mark();
  await Promise.all(names.map((name) => client.create(builds, aBuild(name, commit))));
  const watched = await watchAll(world, clock, count);
  const asked = await requests.since(from, { user: userOf({ namespace: 'vish-system', name: 'vish' }) });
  await Promise.all(names.map((name) => client.delete(builds, { ...at, name })));
  await client.delete(projects, at);
  return { ...watched, requestsPerBuild: asked.total / count };
}

async function likeTheSample({ api }: World, count: number): Promise<Project> {
  const { spec } = await api.client.get(projects, { ...at, name: 'shop' });
  const { source, image } = spec;
  const limits = { maxConcurrent: 3, historyLimit: count };
  return { apiVersion, kind: 'Project', metadata: at, spec: { source, image, builds: limits } } as Project;
}

function aBuild(name: string, commit: string): Build {
  const build = { args: [{ name: 'NUMBER', value: name }] };
  return {
    apiVersion,
    kind: 'Build',
    metadata: { ...at, name },
    spec: { projectRef: { name: at.name }, commit, build },
  };
}

async function watchAll(world: World, clock: Clock, count: number): Promise<Omit<ManyFigures, 'requestsPerBuild'>> {
  const began = clock.monotonic();
  const memory: number[] = [];
  let atOnce = 0;
  for (;;) {
    const { items } = await world.api.client.list(builds, { namespace: at.namespace });
    const ours = items.filter(({ spec }) => spec.projectRef.name === at.name);
    const ended = ours.filter(({ status }) => status?.finishedAt !== undefined);
    const begun = ours.filter(({ status }) => status?.startedAt !== undefined);
    atOnce = Math.max(atOnce, begun.length - ended.length);
    memory.push(await podMemory(world, clock, 0));
    const elapsed = clock.monotonic() - began;
    if (ended.length === count || elapsed > longestMs) {
      const failed = count - ended.filter(({ status }) => status?.digest !== undefined).length;
      return { failed, atOnce, seconds: elapsed / 1000, growth: growthOf(memory) };
    }
    await sleep(clock, everyMs);
  }
}

function growthOf(memory: readonly number[]): number {
  const quarter = Math.ceil(memory.length / 4);
  return percentile(memory.slice(-quarter), 0.5) - percentile(memory.slice(0, quarter), 0.5);
}
