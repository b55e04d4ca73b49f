import { inject } from 'vitest';
import type { Build } from '../../../src/crds/build/build.ts';
import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import { apiVersion } from '../../../src/crds/kind/kind.ts';
import type { Project } from '../../../src/crds/project/project.ts';
import type { Stored } from '../../../src/kube/client/client.ts';
import { annotations } from '../../../src/objects/labels.ts';
import { builds, projects } from '../../../src/objects/vish.ts';
import { fixtureFiles } from '../../support/fixture-files.ts';
import { appPort, serviceIn } from '../world/addresses.ts';
import { conditionOf, serves } from '../world/app.ts';
import { type Followed, followIn, untilHeard } from '../world/followed.ts';
import type { World } from '../world/world.ts';
import type { Sample } from './rows.ts';

/** A repository of the fixtures with a Project that follows it. */
export interface Service extends Followed {
  readonly first: string;
  push(files: Readonly<Record<string, string>>): Promise<string>;
  /** Serves this commit. Fails at once when its build has failed, with the last lines. */
  untilServes(commit: string): Promise<void>;
  untilSays(words: string): Promise<void>;
  buildOf(commit: string): Promise<Stored<Build> | undefined>;
}

/** Long enough for the last in the queue. */
const deadlineMs = 900_000;

export async function serviceOf(world: World, sample: Sample): Promise<Service> {
  const { name } = sample;
  const { client } = world.api;
  const repository = await world.addRepository(name);
  const first = await repository.commit({ files: fixtureFiles(name) });
  await client.apply(projects, projectOf(world, sample) as Project);
  const followed = followIn(world, `${name}-live`);
  const buildOf = async (commit: string) =>
    (await client.list(builds, { namespace: world.namespace })).items.find(({ spec }) => spec.commit === commit);
  return {
    ...followed,
    first,
    buildOf,
    async push(files) {
      const commit = await repository.commit({ files });
      await followed.annotate({ [annotations.wake]: commit });
      return commit;
    },
    async untilServes(commit) {
      const isOver = (deployment: Stored<Deployment>) => hasFailed(deployment) || serves(deployment, commit);
      const deployment = await followed.until(isOver, deadlineMs);
      if (!serves(deployment, commit)) throw new Error(`${name}: ${complaint(deployment, await buildOf(commit))}`);
    },
    async untilSays(words) {
      await untilHeard(words, await serviceIn(world, followed.name));
    },
  };
}

function projectOf({ namespace, git }: World, { name, path }: Sample): object {
  const strategy = { progressDeadlineSeconds: 45 };
  return {
    apiVersion,
    kind: 'Project',
    metadata: { namespace, name },
    spec: {
      source: { git: { url: `${git.url}/${name}.git`, credentialsRef: { name: 'git' } } },
      ...(path !== undefined && { path }),
      image: { repository: `${inject('node').registry}/e2e/${namespace}/${name}`, credentialsRef: { name: 'push' } },
      // Fifteen apps and four builds on one node of two cores.
      build: { cpu: '400m' },
      workload: { port: appPort, cpu: '10m', health: { path: '/', intervalSeconds: 1 } },
      environments: [{ name: 'live', branch: 'main', overrides: [{ service: name, strategy }] }],
    },
  };
}

function hasFailed(deployment: Deployment): boolean {
  return conditionOf(deployment, 'Stalled')?.status === 'True';
}

function complaint(deployment: Deployment, build: Stored<Build> | undefined): string {
  const lines = build?.status?.failure?.lines ?? [];
  return [conditionOf(deployment, 'Ready')?.message, ...lines].join('\n');
}
