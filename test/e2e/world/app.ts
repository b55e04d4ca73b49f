import { inject } from 'vitest';
import type { Build } from '../../../src/crds/build/build.ts';
import type { Condition } from '../../../src/crds/conditions/condition.ts';
import { type ConditionType, findCondition } from '../../../src/crds/conditions/conditions.ts';
import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import { apiVersion } from '../../../src/crds/kind/kind.ts';
import type { Stored } from '../../../src/kube/client/client.ts';
import { annotations } from '../../../src/objects/labels.ts';
import { builds } from '../../../src/objects/vish.ts';
import { until } from '../../support/until.ts';
import { appPort, gatewayOf, routeTo, serviceIn } from './addresses.ts';
import { type Followed, followIn, untilHeard } from './followed.ts';
import type { Address } from './visitor.ts';
import type { World } from './world.ts';

export interface AppOptions {
  /** Of the Project; its one Deployment is `<name>-live`. */
  readonly name: string;
  readonly replicas?: number;
  readonly strategy?: object;
}

const environment = 'live';

/** A Project with one environment that follows main, behind the Gateway, and what people do with it. */
export interface App extends Followed {
  readonly project: object;
  readonly gateway: Address;
  service(): Promise<Address>;
  builds(): Promise<Stored<Build>[]>;
  /** A commit of these files, and the operator is told to look. */
  push(files: Record<string, string>): Promise<string>;
  /** The commands of its Build run. */
  untilBuilding(commit: string): Promise<void>;
  /** Serves this commit and is Ready. */
  untilLive(commit: string, deadlineMs?: number): Promise<Stored<Deployment>>;
  /** Through the gateway unless another address is given. */
  untilSays(version: string, address?: Address): Promise<void>;
}

export function appIn(world: World, options: AppOptions): App {
  const { namespace, api, repository } = world;
  const { client } = api;
  const followed = followIn(world, `${options.name}-${environment}`);
  const gateway = gatewayOf(options.name);
  const all = async () => (await client.list(builds, { namespace })).items;
  return {
    ...followed,
    gateway,
    project: projectOf(world, options),
    service: () => serviceIn(world, followed.name),
    builds: all,
    async push(files) {
      const commit = await repository.commit({ files });
      await followed.annotate({ [annotations.wake]: commit });
      return commit;
    },
    untilBuilding: (commit) =>
      until(async () => (await all()).some((build) => build.spec.commit === commit && isBuilding(build)), {
        deadlineMs: 60_000,
        everyMs: 50,
      }),
    untilLive: (commit, deadlineMs = 90_000) => followed.until((deployment) => serves(deployment, commit), deadlineMs),
    untilSays: (version, address = gateway) => untilHeard(version, address),
  };
}

function projectOf({ namespace, url }: World, { name, replicas = 1, strategy }: AppOptions): object {
  const { registry } = inject('node');
  const target = { cluster: { gateway: routeTo(name) } };
  const health = { path: '/healthz', intervalSeconds: 1 };
  const overrides = [{ service: name, target, ...(strategy && { strategy }) }];
  return {
    apiVersion,
    kind: 'Project',
    metadata: { namespace, name },
    spec: {
      source: { git: { url, credentialsRef: { name: 'git' } } },
      image: { repository: `${registry}/e2e/${namespace}/${name}`, credentialsRef: { name: 'push' } },
      workload: { port: appPort, scale: { replicas }, health, envFrom: [{ secretRef: { name: 'app' } }] },
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

/** This commit is live, and the Deployment is Ready as it is asked for now. */
export function serves(deployment: Stored<Deployment>, commit: string): boolean {
  const { metadata, status } = deployment;
  const isReady = conditionOf(deployment, 'Ready')?.status === 'True';
  return isReady && status?.observedGeneration === metadata.generation && liveCommit(deployment) === commit;
}

function isBuilding({ status }: Build): boolean {
  return status?.stages?.some(({ name }) => name === 'Build') === true;
}
