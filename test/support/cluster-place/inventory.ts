import type { Client, Stored } from '../../../src/kube/client/client.ts';
import type { KubeObject } from '../../../src/kube/object/object.ts';
import { services } from '../../../src/objects/core.ts';
import { labels, manager } from '../../../src/objects/labels.ts';
import { httpRoutes } from '../../../src/objects/routes.ts';
import { podDisruptionBudgets, replicaSets } from '../../../src/objects/workloads.ts';

/** By the release's name, `web-3`. */
export function numberOf({ metadata }: KubeObject): number {
  return Number(metadata.labels?.[labels.release]?.split('-').at(-1));
}

/** What exists in a namespace, in words that are the same in every other one. */
export async function inventoryOf(client: Client, namespace: string) {
  const sets = (await client.list(replicaSets, { namespace })).items;
  const kinds = [services, podDisruptionBudgets, httpRoutes];
  const others = (await Promise.all(kinds.map((kind) => client.list<KubeObject>(kind, { namespace })))).flatMap(
    (list, at) => list.items.map((object) => ({ kind: kinds[at]?.kind, object })),
  );
  const sizes = sets.map((set): [number, number] => [numberOf(set), set.spec?.replicas ?? 0]);
  return {
    running: Object.fromEntries(sizes.filter(([, replicas]) => replicas > 0)),
    releases: sizes.map(([number]) => number).toSorted((a, b) => a - b),
    objects: others.filter(({ object }) => isOurs(object)).map(({ kind, object }) => words(object, kind)),
    foreign: [
      ...others.filter(({ object }) => !isOurs(object)).map(({ object }) => object),
      ...sets
        .filter((set) => set.metadata.ownerReferences?.[0]?.kind !== 'ControllerRevision')
        .map((set) => words(set, 'ReplicaSet')),
    ],
  };
}

function isOurs({ metadata }: KubeObject): boolean {
  return metadata.labels?.[labels.managedBy] === manager;
}

/** Without what the server gives to each. */
function words(object: Stored<KubeObject>, kind = '') {
  const {
    clusterIP: _,
    clusterIPs: __,
    template: ___,
    ...spec
  } = (object as { spec?: Record<string, unknown> }).spec ?? {};
  const owner = object.metadata.ownerReferences?.map(({ kind, name }) => `${kind} ${name}`);
  return { kind, name: object.metadata.name, labels: object.metadata.labels, owner, spec };
}
