import type { Resource } from '../../../src/kube/object/resource.ts';
import { configMaps, pods, services } from '../../../src/objects/core.ts';
import { labels } from '../../../src/objects/labels.ts';
import { deployments } from '../../../src/objects/vish.ts';
import { controllerRevisions, podDisruptionBudgets, replicaSets } from '../../../src/objects/workloads.ts';
import { routeKinds } from '../../../src/targets/cluster/children/route.ts';
import { until } from '../../support/until.ts';
import type { World } from '../world/world.ts';
import type { Contestant } from './contestant.ts';

const kinds: readonly Resource[] = [
  controllerRevisions,
  replicaSets,
  pods,
  services,
  podDisruptionBudgets,
  configMaps,
  routeKinds.HTTPRoute,
];

/** What does not go within the time that replicas have to end: neither the Deployment nor anything made for it may stay. */
export async function leftOf(world: World, contestant: Contestant): Promise<string[]> {
  const left = async () => [...(await own(world, contestant)), ...(await made(world, contestant))];
  await untilNone(left).catch(() => undefined);
  return left();
}

/** The Deployment has gone without what was made for it. */
export async function untilOnlyMadeIsLeft(world: World, contestant: Contestant): Promise<void> {
  await untilNone(() => own(world, contestant));
  if ((await made(world, contestant)).length === 0) throw new Error(`nothing is left of ${contestant.name}`);
}

async function untilNone(left: () => Promise<string[]>): Promise<void> {
  await until(async () => (await left()).length === 0, { deadlineMs: 60_000, everyMs: 300 });
}

async function own({ api, namespace }: World, { name }: Contestant): Promise<string[]> {
  const { items } = await api.client.list(deployments, { namespace, fieldSelector: `metadata.name=${name}` });
  return items.map(({ metadata }) => `Deployment ${metadata.name}`);
}

async function made({ api, namespace }: World, { name }: Contestant): Promise<string[]> {
  const labelSelector = `${labels.deployment}=${name}`;
  const lists = await Promise.all(kinds.map((kind) => api.client.list(kind, { namespace, labelSelector })));
  return lists.flatMap(({ items }, index) => items.map(({ metadata }) => `${kinds[index]?.kind} ${metadata.name}`));
}
