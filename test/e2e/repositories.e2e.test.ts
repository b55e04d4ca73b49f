import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createReporter } from '../../hack/cluster/cli/reporter.ts';
import { ensureBaseImages } from '../../hack/cluster/images/ensure.ts';
import { catalogue } from '../../hack/cluster/images/recipes/catalogue.ts';
import { broken, samples } from './repositories/rows.ts';
import { type Service, serviceOf } from './repositories/service.ts';
import { conditionOf, liveCommit, said } from './world/app.ts';
import { endWorld } from './world/verdict.ts';
import { startWorld, type World } from './world/world.ts';

let world: World;
const services = new Map<string, Promise<Service>>();
const service = (name: string) => services.get(name) as Promise<Service>;

/** All at once: the operator's queue decides how many are built at a time. */
beforeAll(async () => {
  const only = catalogue.map(({ name }) => name);
  await ensureBaseImages({ registry: { url: `http://${inject('node').registry}` }, report: createReporter(), only });
  world = await startWorld('e2e-repositories');
  for (const sample of samples) services.set(sample.name, serviceOf(world, sample));
  await Promise.all(services.values());
}, 1_800_000);
afterAll(() => endWorld(world));

const saysOf = (name: string) => samples.find((sample) => sample.name === name)?.says ?? name;
const timeout = 900_000;

/** Whose turn it is, and what to do; of a release that is taken back its Build says nothing. */
const advice = {
  BuildCommandFailed: ['Code', 'Read status.failure.lines, correct the code and push.'],
  RolledBack: [undefined, undefined],
};

it.concurrent.each(samples)('$name is analysed, built, pushed, started, and answers', { timeout }, async (sample) => {
  const app = await service(sample.name);

  await app.untilServes(app.first);
  await app.untilSays(sample.says);

  expect((await app.buildOf(app.first))?.status?.plan).toMatch(/^derived from /);
});

it.concurrent.each(broken)('$name that $how says so, and the one before it serves', { timeout }, async (row) => {
  const app = await service(row.name);
  await app.untilServes(app.first);

  const commit = await app.push(row.files);
  const ended = await app.until((deployment) => said(deployment, 'Ready') === `False/${row.ends}`, 300_000);
  const failure = (await app.buildOf(commit))?.status?.failure;

  const message = [conditionOf(ended, 'Ready')?.message, ...(failure?.lines ?? [])].join('\n');
  for (const words of row.told) expect(message).toMatch(words);
  expect([failure?.class, failure?.remedy]).toEqual(advice[row.ends]);
  expect(liveCommit(ended)).toBe(app.first);
  await app.untilSays(saysOf(row.name));
});
