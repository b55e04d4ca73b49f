import { request } from 'undici';
import { z } from 'zod';
import type { KubeObject, StoredObject } from '../../src/kube/object/object.ts';
import { configMaps, persistentVolumeClaims, secrets, services } from '../../src/objects/core.ts';
import { httpRoutes } from '../../src/objects/routes.ts';
import { builds, deployments, projects } from '../../src/objects/vish.ts';
import { controllerRevisions, jobs, podDisruptionBudgets, replicaSets } from '../../src/objects/workloads.ts';
import { type EndState, endStateOf } from '../../test/harness/kill/end-state.ts';
import type { World } from './world.ts';

export const buildNamespace = 'vish-builds';

const ours = [projects, deployments, builds];
const children = [
  controllerRevisions,
  replicaSets,
  services,
  podDisruptionBudgets,
  httpRoutes,
  configMaps,
  jobs,
  secrets,
  persistentVolumeClaims,
];

/** Objects of the run in its namespace and in the build namespace, and the images in its repository. */
export async function endOf({ api, registry }: World, namespace: string): Promise<EndState> {
  const objects = await endStateOf({
    client: api.client,
    namespace,
    resources: [...ours, ...children],
    alsoIn: { namespace: buildNamespace, belongs: isOfBuild },
    fields: comparable,
  });
  return [...objects, `images: ${(await tagsOf(registry, namespace)).length}`];
}

/** What of the run is still there, by name: while there is something, the operator has work with it. */
export async function leftOf({ api }: World, namespace: string): Promise<string[]> {
  const inNamespace = ours.map((resource) => api.client.list<KubeObject>(resource, { namespace }));
  const ofBuilds = [jobs, secrets].map((resource) =>
    api.client.list<KubeObject>(resource, { namespace: buildNamespace }),
  );
  const lists = await Promise.all([...inNamespace, ...ofBuilds]);
  return lists
    .flatMap(({ items }) => items)
    .flatMap(({ metadata }) => (metadata.name === undefined ? [] : [metadata.name]));
}

function isOfBuild({ metadata }: StoredObject): boolean {
  return Object.keys(metadata.labels ?? {}).some((label) => label.startsWith('vish.dev/'));
}

/** Counts and sizes that depend on the time, the cache and the moment of the look. */
const byTheWay = new Set(['seconds', 'sizeBytes', 'cachedSteps', 'totalSteps', 'seen']);

/** What Kubernetes' own controllers say of their objects is theirs. */
function comparable(object: KubeObject): unknown {
  const { spec, data, status } = object as KubeObject & Record<'spec' | 'data' | 'status', unknown>;
  const isOurs = object.apiVersion?.startsWith('vish.dev/') ?? false;
  const { labels, finalizers, ownerReferences } = object.metadata;
  const owners = ownerReferences?.map(({ kind, name, controller }) => ({ kind, name, controller }));
  return plain({ labels, finalizers, owners, spec, data, ...(isOurs && { status }) });
}

function plain(value: unknown): unknown {
  // Two builds of one commit have two digests, and what is made of them differs too.
  if (typeof value === 'string') return value.replace(/\b[0-9a-f]{64}\b/g, 'HASH');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !byTheWay.has(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

async function tagsOf(registry: string, repository: string): Promise<string[]> {
  const { statusCode, body } = await request(`http://${registry}/v2/${repository}/tags/list`);
  const answer = z.object({ tags: z.array(z.string()).nullish() }).parse(await body.json());
  return statusCode === 200 ? (answer.tags ?? []) : [];
}
