import { onTestFinished } from 'vitest';
import type { ClusterPlace } from '../../../src/crds/place/place.ts';
import type { Workload } from '../../../src/crds/workload/workload.ts';
import type { Client, Stored } from '../../../src/kube/client/client.ts';
import { isKubeError } from '../../../src/kube/errors/errors.ts';
import { controllerReference, withController } from '../../../src/kube/owner/owner.ts';
import { configMaps, services } from '../../../src/objects/core.ts';
import { deployments } from '../../../src/objects/vish.ts';
import { type ControllerRevision, controllerRevisions, replicaSets } from '../../../src/objects/workloads.ts';
import type { Release } from '../../../src/rollout/release.ts';
import { systemClock as clock } from '../../../src/seams/system.ts';
import { createClusterTarget } from '../../../src/targets/cluster/cluster-target.ts';
import type { ReleaseOverrides, TargetRig } from '../../../src/targets/contract/rig.ts';
import { namespaces } from '../resources.ts';
import { silentLogger } from '../scripted-api/rig.ts';
import { until } from '../until.ts';
import { gate, Hands } from './hands.ts';
import { inventoryOf } from './inventory.ts';
import type { Place } from './place.ts';

export interface ClusterRigOptions {
  readonly workload?: Partial<Workload>;
  readonly cluster?: Partial<ClusterPlace>;
}

const name = 'web';
const image = `registry.example.com/shop/web@sha256:${'a'.repeat(64)}`;

export interface ClusterRig extends TargetRig {
  readonly namespace: string;
  readonly client: Client;
  /** Requests of the target so far, as `verb plural`. */
  readonly requests: string[];
  /** What the user writes into target.cluster from now on. */
  changeCluster(fields: Partial<ClusterPlace>): void;
}

/** A Deployment called web in a namespace of its own. */
export async function makeClusterRig(place: Place, options: ClusterRigOptions = {}): Promise<ClusterRig> {
  const { client } = place;
  const { metadata } = await client.create(namespaces, { metadata: { generateName: 'place-' } });
  const namespace = metadata.name;
  onTestFinished(() => client.delete(namespaces, { name: namespace }));
  let deployment = await client.create(deployments, manifest(namespace, options) as never);
  const hands = new Hands(place, namespace);
  const requests: string[] = [];
  let cache = place.cache;
  const newTarget = () =>
    createClusterTarget({
      client: counted(client, requests),
      cache,
      clock,
      fieldManager: 'vish-deployment',
      observer: { wrote: () => undefined, deleted: () => undefined },
      wake: () => undefined,
    });
  return {
    namespace,
    client,
    requests,
    changeCluster(fields) {
      const { cluster } = deployment.spec.target;
      const changed = { ...cluster, ...fields } as ClusterPlace;
      deployment = { ...deployment, spec: { ...deployment.spec, target: { cluster: changed } } };
    },
    newTarget,
    scope: (memory) => ({ deployment, memory, signal: AbortSignal.timeout(60_000), log: silentLogger }),
    async makeRelease(number, { image: other = image, workload = {} }: ReleaseOverrides = {}) {
      const spec = { ...deployment.spec, workload: { ...deployment.spec.workload, ...workload } };
      const input = { deployment: { ...deployment, spec }, name: `${name}-${number}`, image: other, configuration: [] };
      const rendered = newTarget().render(input);
      const revision = await stored(client, deployment, { number, rendered });
      return aRelease({
        number,
        name: input.name,
        uid: revision.metadata.uid,
        image: other,
        workload: spec.workload,
        rendered,
      });
    },
    settle: () => hands.settle(),
    breakRelease: (number) => hands.break(number),
    async supersede() {
      const owner = await client.create(configMaps, { metadata: { namespace, name: 'intruder' } });
      const ownerReferences = [controllerReference({ resource: configMaps, object: owner })];
      const [set] = (await client.list(replicaSets, { namespace })).items;
      if (set === undefined) throw new Error('supersede: nothing runs');
      await client.patch(
        replicaSets,
        { namespace, name: set.metadata.name },
        { metadata: { ownerReferences } },
        { type: 'merge' },
      );
    },
    becomeUnreachable() {
      cache = place.newCache();
      return Promise.resolve();
    },
    async occupy() {
      const spec = { selector: { app: 'theirs' }, ports: [{ port: 80 }] };
      await client.create(services, { metadata: { namespace, name }, spec });
    },
    async dropRelease(release) {
      await client.delete(controllerRevisions, { namespace, name: release.name });
      await until(async () => isGone(client.get(replicaSets, { namespace, name: release.name })), {
        deadlineMs: 60_000,
        everyMs: 50,
      });
      await hands.settle();
    },
    async dropDeployment() {
      await client.delete(deployments, { namespace, name });
      await until(async () => (await inventoryOf(client, namespace)).objects.length === 0, {
        deadlineMs: 120_000,
        everyMs: 200,
      });
      await until(async () => (await inventoryOf(client, namespace)).releases.length === 0, {
        deadlineMs: 120_000,
        everyMs: 200,
      });
    },
    inventory: () => inventoryOf(client, namespace),
  };
}

function manifest(namespace: string, { workload = {}, cluster = {} }: ClusterRigOptions) {
  const podTemplatePatch = { spec: { readinessGates: [{ conditionType: gate }] } };
  return {
    metadata: { namespace, name },
    spec: {
      source: { image },
      workload: { port: 8080, ...workload },
      target: { cluster: { podTemplatePatch, ...cluster } },
    },
  };
}

type Fields = Pick<Release, 'number' | 'name' | 'uid' | 'image' | 'workload' | 'rendered'>;

function aRelease(fields: Fields): Release {
  // As the controller reads it back from the revision.
  const rendered: unknown = JSON.parse(JSON.stringify(fields.rendered));
  return { ...fields, hash: `${fields.number}`, configuration: [], rendered };
}

async function stored(
  client: Client,
  deployment: Parameters<typeof withController>[1]['object'],
  { number, rendered }: { number: number; rendered: unknown },
): Promise<Stored<ControllerRevision>> {
  const { namespace = '' } = deployment.metadata;
  const metadata = { namespace, name: `${name}-${number}` };
  const intent: ControllerRevision = { metadata, revision: number, data: { rendered } };
  try {
    return await client.create(
      controllerRevisions,
      withController(intent, { resource: deployments, object: deployment }),
    );
  } catch (error) {
    if (!isKubeError(error, 'AlreadyExists')) throw error;
    return client.get(controllerRevisions, metadata);
  }
}

export async function isGone(read: Promise<unknown>): Promise<boolean> {
  try {
    await read;
    return false;
  } catch (error) {
    if (isKubeError(error, 'NotFound')) return true;
    throw error;
  }
}

/** A client that notes each request. */
function counted(client: Client, requests: string[]): Client {
  const note = (verb: string, resource: unknown) => requests.push(`${verb} ${(resource as { plural: string }).plural}`);
  return new Proxy(client, {
    get(target, verb: keyof Client) {
      return (...args: unknown[]) => {
        note(verb, args[0]);
        return (target[verb] as (...all: unknown[]) => unknown)(...args);
      };
    },
  });
}
