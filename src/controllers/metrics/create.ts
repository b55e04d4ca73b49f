import type { Registry } from 'prom-client';
import type { Build } from '../../crds/build/build.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Informer, Informers, Stored } from '../../kube/index.ts';
import { builds, deployments, projects, targets } from '../../objects/vish.ts';
import { buildObservations, buildSeries } from './builds.ts';
import { registerGauges } from './gauges.ts';
import type { Observation } from './observation.ts';
import { ProductMetrics } from './product-metrics.ts';
import { rolloutObservations, rolloutSeries } from './rollouts.ts';

export interface ProductMetricsOptions {
  readonly cache: Pick<Informers, 'informer'>;
  readonly registry: Registry;
}

const byCommit = 'commit';

/** Tells Prometheus about releases and builds, from what the caches show. */
export interface ProductWatch {
  /** From here on, until what it returns is called. Only the leader: what every replica saw would be counted by each. */
  begin(): () => void;
}

export function createProductWatch({ cache, registry }: ProductMetricsOptions): ProductWatch {
  const of = {
    projects: cache.informer(projects),
    deployments: cache.informer(deployments),
    targets: cache.informer(targets),
    builds: cache.informer(builds),
  };
  of.builds.addIndex(byCommit, commitKeys);
  const metrics = new ProductMetrics(registry);
  let leads = false;
  const world = () => ({
    projects: of.projects.store.list(),
    deployments: of.deployments.store.list(),
    targets: of.targets.store.list(),
    builds: of.builds.store.list(),
  });
  registerGauges(registry, () => (leads ? world() : undefined));
  return {
    begin() {
      leads = true;
      metrics.take(buildSeries());
      const handlers = [
        follow(of.deployments, { seen: rolloutSeries, moved: (old, now) => moved(of.builds, old, now), metrics }),
        follow(of.builds, { seen: () => [], moved: buildObservations, metrics }),
      ];
      return () => handlers.forEach((handler) => handler.remove());
    },
  };
}

interface Following<T extends Deployment | Build> {
  readonly metrics: ProductMetrics;
  /** The first sight of an object counts nothing: what it tells was counted when it happened. */
  readonly seen: (object: Stored<T>) => Observation[];
  readonly moved: (old: Stored<T>, now: Stored<T>) => Observation[];
}

function follow<T extends Deployment | Build>(informer: Informer<T>, { metrics, seen, moved }: Following<T>) {
  return informer.addHandler({
    onAdd: (object) => metrics.take(seen(object)),
    onUpdate: (old, object) => metrics.take(moved(old, object)),
    onDelete: () => undefined,
  });
}

function moved({ store }: Informer<Build>, old: Stored<Deployment>, now: Stored<Deployment>): Observation[] {
  const { metadata, spec } = now;
  return rolloutObservations(old, now, {
    commitSeenAt(commit) {
      const made = store.byIndex(byCommit, keyOf(metadata.namespace, spec.projectRef?.name, commit));
      return made.flatMap(({ metadata: { creationTimestamp } }) => creationTimestamp ?? []).sort()[0];
    },
  });
}

function commitKeys({ metadata, spec }: Stored<Build>): string[] {
  return [keyOf(metadata.namespace, spec.projectRef.name, spec.commit)];
}

function keyOf(namespace = '', project = '', commit = ''): string {
  return `${namespace}/${project}/${commit}`;
}
