import { inject } from 'vitest';
import type { Build } from '../../../src/crds/build/build.ts';
import type { Condition } from '../../../src/crds/conditions/condition.ts';
import { type ConditionType, findCondition } from '../../../src/crds/conditions/conditions.ts';
import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import { apiVersion } from '../../../src/crds/kind/kind.ts';
import type { Stored } from '../../../src/kube/client/client.ts';
import { services } from '../../../src/objects/core.ts';
import { annotations } from '../../../src/objects/labels.ts';
import { builds, deployments } from '../../../src/objects/vish.ts';
import { until } from '../../support/until.ts';
import { type Address, ask } from './visitor.ts';
import type { World } from './world.ts';

export interface AppOptions {
  /** Of the Project; its one Deployment is `<name>-live`. */
  readonly name: string;
  readonly replicas?: number;
  readonly strategy?: object;
}

const port = 8080;
const environment = 'live';

/** A Project with one environment that follows main, behind the Gateway, and what people do with it. */
export interface App {
  readonly name: string;
  readonly project: object;
  readonly gateway: Address;
  service(): Promise<Address>;
  read(): Promise<Stored<Deployment>>;
  builds(): Promise<Stored<Build>[]>;
  /** The other fields stay. */
  annotate(values: Record<string, string | null>): Promise<void>;
  /** A commit of these files, and the operator is told to look. */
  push(files: Record<string, string>): Promise<string>;
  until(holds: (deployment: Stored<Deployment>) => boolean, deadlineMs?: number): Promise<Stored<Deployment>>;
  /** Serves this commit and is Ready. */
  untilLive(commit: string, deadlineMs?: number): Promise<Stored<Deployment>>;
  /** What users see; those of the gateway unless another address is given. The data plane is later than the API. */
  untilSays(version: string, address?: Address): Promise<void>;
}

export function appIn(world: World, options: AppOptions): App {
  const { namespace, api, repository } = world;
  const { client } = api;
  const name = `${options.name}-${environment}`;
  const key = { namespace, name };
  const gateway = { url: inject('node').gateway, host: hostOf(options.name) };
  const read = () => client.get(deployments, key);
  const annotate = async (values: Record<string, string | null>) => {
    await client.patch(deployments, key, { metadata: { annotations: values } }, { type: 'merge' });
  };
  const untilHolds: App['until'] = async (holds, deadlineMs = 60_000) => {
    let last: Stored<Deployment> | undefined;
    const describe = () => `${holds.toString()}; ${JSON.stringify(last?.status)}`;
    const look = async () => holds((last = await read()));
    await until(look, { deadlineMs, everyMs: 200, describe });
    return last as Stored<Deployment>;
  };
  return {
    name,
    gateway,
    read,
    annotate,
    project: projectOf(world, options),
    async service() {
      const { spec } = await client.get(services, key);
      return { url: `http://${spec?.clusterIP}:${port}` };
    },
    builds: async () => (await client.list(builds, { namespace })).items,
    async push(files) {
      const commit = await repository.commit({ files });
      await annotate({ [annotations.wake]: commit });
      return commit;
    },
    until: untilHolds,
    untilLive: (commit, deadlineMs = 90_000) =>
      untilHolds((deployment) => liveCommit(deployment) === commit && isReady(deployment), deadlineMs),
    untilSays: (version, address = gateway) =>
      until(async () => (await ask(address)).said.includes(version), { everyMs: 100, deadlineMs: 20_000 }),
  };
}

function projectOf({ namespace, url }: World, { name, replicas = 1, strategy }: AppOptions): object {
  const { registry } = inject('node');
  const parentRefs = [{ name: 'public', namespace: 'gateway-system' }];
  const target = { cluster: { gateway: { parentRefs, hostnames: [hostOf(name)] } } };
  const health = { path: '/healthz', intervalSeconds: 1 };
  const overrides = [{ service: name, target, ...(strategy && { strategy }) }];
  return {
    apiVersion,
    kind: 'Project',
    metadata: { namespace, name },
    spec: {
      source: { git: { url, credentialsRef: { name: 'git' } } },
      image: { repository: `${registry}/e2e/${namespace}/${name}`, credentialsRef: { name: 'push' } },
      workload: { port, scale: { replicas }, health, envFrom: [{ secretRef: { name: 'app' } }] },
      environments: [{ name: environment, branch: 'main', overrides }],
    },
  };
}

export function conditionOf({ status }: Deployment | Build, type: ConditionType): Condition | undefined {
  return findCondition(status?.conditions ?? [], type);
}

/** `Ready=False/RolledBack`, as one word to compare with. */
export function said(object: Deployment | Build, type: ConditionType): string {
  const condition = conditionOf(object, type);
  return condition === undefined ? 'absent' : `${condition.status}/${condition.reason}`;
}

export function liveCommit({ status }: Deployment): string | undefined {
  return status?.history?.find(({ number }) => number === status.live?.release)?.commit;
}

function isReady(deployment: Stored<Deployment>): boolean {
  const { metadata, status } = deployment;
  return conditionOf(deployment, 'Ready')?.status === 'True' && status?.observedGeneration === metadata.generation;
}

function hostOf(name: string): string {
  return `${name}.localhost`;
}
