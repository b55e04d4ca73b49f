import { Gauge, type Registry } from 'prom-client';
import type { Build } from '../../crds/build/build.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Target } from '../../crds/target/target.ts';
import type { Read } from '../../objects/wire.ts';
import { holdsPlace } from '../../rollout/engine/queue.ts';
import { deploymentGauges } from './deployment-gauges.ts';
import { type GaugeDefinition, type Sample, summarySample } from './samples.ts';

/** All objects of ours, as the caches hold them. */
export interface World {
  readonly projects: readonly Read<Project>[];
  readonly deployments: readonly Read<Deployment>[];
  readonly targets: readonly Read<Target>[];
  readonly builds: readonly Read<Build>[];
}

const gauges: readonly GaugeDefinition<World>[] = [
  {
    name: 'vish_object_state',
    help: 'Always 1; the labels say what the condition Ready of a Project, Deployment or Target comes to, and why',
    labels: ['kind', 'namespace', 'name', 'state', 'reason'],
    samples: ({ projects, deployments, targets }) => [
      ...projects.map((object) => summarySample('Project', object)),
      ...deployments.map((object) => summarySample('Deployment', object)),
      ...targets.map((object) => summarySample('Target', object)),
    ],
  },
  ...deploymentGauges.map(ofEach),
  {
    name: 'vish_rollout_queue_depth',
    help: 'Deployments with a release that waits until other rollouts have ended',
    labels: [],
    samples: ({ deployments }) => [[{}, deployments.filter(({ status }) => status?.queued !== undefined).length]],
  },
  {
    name: 'vish_rollouts_running',
    help: 'Rollouts that count towards rollouts.maxConcurrent; those that wait for a person do not',
    labels: [],
    samples: ({ deployments }) => [
      [{}, deployments.filter(({ spec, status }) => holdsPlace(status?.rollout, spec.paused)).length],
    ],
  },
  {
    name: 'vish_build_queue_depth',
    help: 'Builds that wait for a place',
    labels: [],
    samples: ({ builds }) => count(builds, ({ startedAt, finishedAt }) => !startedAt && !finishedAt),
  },
  {
    name: 'vish_builds_running',
    help: 'Builds that have left the queue and not ended',
    labels: [],
    samples: ({ builds }) => count(builds, ({ startedAt, finishedAt }) => startedAt !== undefined && !finishedAt),
  },
];

/**
 * Gauges are made from the caches when someone scrapes, so an object that is gone is gone from them too. `world` gives
 * undefined on a replica that does not lead: all replicas see the same objects, and each would tell them again.
 */
export function registerGauges(registry: Registry, world: () => World | undefined): void {
  for (const { name, help, labels, samples } of gauges) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [],
      collect() {
        this.reset();
        const seen = world();
        if (seen === undefined) return this.remove({});
        for (const [values, value] of samples(seen)) this.set(values, value);
      },
    });
    registry.registerMetric(gauge);
  }
}

function ofEach({ name, help, labels, samples }: (typeof deploymentGauges)[number]): GaugeDefinition<World> {
  return { name, help, labels, samples: ({ deployments }) => deployments.flatMap(samples) };
}

function count(builds: World['builds'], is: (status: Partial<NonNullable<Build['status']>>) => boolean): Sample[] {
  return [[{}, builds.filter(({ status }) => is(status ?? {})).length]];
}
