import { isKubeError } from '../../../src/kube/errors/errors.ts';
import type { KubeObject } from '../../../src/kube/object/object.ts';
import type { Resource } from '../../../src/kube/object/resource.ts';
import { persistentVolumeClaims, pods, secrets as secretObjects } from '../../../src/objects/core.ts';
import { builds, deployments, projects } from '../../../src/objects/vish.ts';
import { jobs } from '../../../src/objects/workloads.ts';
import { objectsOf } from '../../harness/objects-of.ts';
import type { Mark, Requests } from '../../harness/requests/requests.ts';
import { openObjects, operatorPlaces } from '../../harness/secrets/places.ts';
import { namespaces } from '../../support/resources.ts';
import { until } from '../../support/until.ts';
import { buildNamespaces, systemNamespace } from './places.ts';
import type { World } from './world.ts';

export interface EndOptions {
  /** For a suite that kills it. Default false. */
  operatorMayRestart?: boolean;
  /** For a suite that takes its rights away in between: requests from here on have to be allowed. Default all. */
  allowedSince?: Mark;
}

/** Takes everything down and says in one error all that went wrong in the whole file, whatever its tests looked at. */
export async function endWorld(
  world: World | undefined,
  { operatorMayRestart = false, allowedSince = world?.start }: EndOptions = {},
): Promise<void> {
  if (world === undefined) return;
  const wrongs: unknown[] = [];
  const parts = [
    expectNoSecretInTheOpen,
    ...(operatorMayRestart ? [] : [expectNoRestart]),
    removeProjects,
    expectEmptyBuildNamespaces,
    ({ statuses }: World) => statuses.close(),
    ({ requests, user }: World) => expectNoneDenied(requests, user, allowedSince),
    removeTheRest,
    ({ leftovers }: World) => leftovers.expectNone(60_000),
    (ended: World) => ended.close(),
  ];
  for (const part of parts) {
    try {
      await part(world);
    } catch (error) {
      wrongs.push(error);
    }
  }
  if (wrongs.length === 1) throw wrongs[0];
  if (wrongs.length > 1) throw new AggregateError(wrongs, wrongs.map((wrong) => (wrong as Error).message).join('\n\n'));
}

async function expectNoSecretInTheOpen({ api, operator, secrets }: World): Promise<void> {
  const places = [...(await openObjects(api.client)), ...(await operatorPlaces(operator))];
  secrets.expectNoneIn(places);
}

async function expectNoRestart({ api }: World): Promise<void> {
  const { items } = await api.client.list(pods, { namespace: systemNamespace });
  const restarted = items.filter(({ status }) =>
    status?.containerStatuses?.some(({ restartCount }) => restartCount > 0),
  );
  if (restarted.length === 0) return;
  const names = restarted.map(
    ({ metadata, status }) => `${metadata.name}: ${JSON.stringify(status?.containerStatuses)}`,
  );
  throw new Error(`the operator restarted:\n${names.join('\n')}`);
}

/** As a person does, while the operator runs: what it made goes with them. */
async function removeProjects(world: World): Promise<void> {
  await Promise.all(world.namespaces.map((namespace) => removeProjectsIn(world, namespace)));
}

async function removeProjectsIn({ api }: World, namespace: string): Promise<void> {
  const roots: readonly Resource[] = [projects, deployments];
  for (const resource of roots) {
    for (const { metadata } of (await api.client.list(resource, { namespace })).items) {
      await remove(api, resource, { namespace, name: metadata.name });
    }
  }
  const left = async () => {
    const lists = [projects, deployments, builds, pods].map((resource) =>
      api.client.list(resource as Resource, { namespace }),
    );
    return (await Promise.all(lists)).flatMap(({ items }) => items);
  };
  const describe = async () => `nothing of the Projects is left: ${namesOf(await left())}`;
  await until(async () => (await left()).length === 0, { deadlineMs: 60_000, everyMs: 200, describe });
}

/** A cache is kept for the builds that may come; without its Project there are none. */
async function expectEmptyBuildNamespaces({ api }: World): Promise<void> {
  const looked: readonly Resource[] = [pods, jobs, secretObjects, persistentVolumeClaims];
  const left = async () => {
    const lists = await Promise.all(looked.map((resource) => objectsOf(api.client, resource)));
    return lists.flat().filter(({ metadata }) => buildNamespaces.includes(metadata.namespace ?? ''));
  };
  const describe = async () => `the build namespaces are empty: ${namesOf(await left())}`;
  await until(async () => (await left()).length === 0, { deadlineMs: 60_000, everyMs: 200, describe });
}

async function expectNoneDenied(requests: Requests, user: string, since: Mark | undefined): Promise<void> {
  if (since !== undefined) (await requests.since(since, { user })).expectNoneDenied();
}

async function removeTheRest(world: World): Promise<void> {
  const { api, operator, hadNamespaces } = world;
  const removeAll = (names: readonly string[]) => Promise.all(names.map((name) => remove(api, namespaces, { name })));
  // Namespaces take their time: those of the users go while the operator does.
  await Promise.all([operator.uninstall(), removeAll(world.namespaces)]);
  const ours = hadNamespaces.has(systemNamespace) ? [] : [systemNamespace];
  await removeAll(ours);
  const here = async () => (await api.client.list(namespaces)).items.map(({ metadata }) => metadata.name);
  const ofBuilds = buildNamespaces.filter((name) => !hadNamespaces.has(name));
  const gone = new Set([...world.namespaces, ...ours, ...ofBuilds]);
  await until(async () => !(await here()).some((name) => gone.has(name)), { deadlineMs: 90_000, everyMs: 200 });
}

async function remove({ client }: World['api'], resource: Resource, key: { namespace?: string; name: string }) {
  await client.delete(resource, key).catch((error: unknown) => {
    if (!isKubeError(error, 'NotFound')) throw error;
  });
}

function namesOf(objects: readonly KubeObject[]): string {
  return objects.map(({ kind = '', metadata }) => `${kind} ${metadata.name}`).join(', ');
}
