import { z } from 'zod';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import { withController } from '../../kube/index.ts';
import { annotations, labels } from '../../objects/labels.ts';
import type { PodTemplate, ReplicaSet } from '../../objects/workloads.ts';
import type { Release } from '../../rollout/release.ts';
import { ownerOf } from './owner.ts';
import { commonLabels, releaseSelector } from './selectors.ts';
import type { Size } from './writes.ts';

const rendered = z.object({
  template: z.custom<PodTemplate>((value) => typeof value === 'object' && value !== null),
  /** Of a release that was taken over: what ran it before, and the port that it listens on. */
  replicaSet: z.object({ name: z.string(), uid: z.string(), port: z.number().optional() }).optional(),
});
export type Rendered = z.output<typeof rendered>;

/** The ReplicaSet that was taken over with a release; undefined for a release of our own. */
export function adoptedSet(release: Release) {
  return rendered.safeParse(release.rendered).data?.replicaSet;
}

/** Name of what carries a release. */
export function setNameOf(release: Release): string {
  return adoptedSet(release)?.name ?? release.name;
}

/** What carries one release. The revision owns it, so it goes when the release leaves the history. */
export function replicaSetFor(deployment: Deployment, release: Release, size: Size): ReplicaSet {
  const { namespace = '' } = deployment.metadata;
  const intent: ReplicaSet = {
    metadata: {
      namespace,
      name: setNameOf(release),
      labels: { ...commonLabels(deployment), [labels.release]: release.name },
      annotations: { [annotations.sizedFor]: `${size.sizedFor}` },
    },
    spec: {
      replicas: size.replicas,
      minReadySeconds: size.minReadySeconds,
      selector: { matchLabels: releaseSelector(deployment, release.name) },
      template: withLabels(templateOf(release), deployment, release),
    },
  };
  return withController(intent, ownerOf(release, namespace));
}

/** A template that was taken over has none of our labels in it. */
function withLabels(template: PodTemplate, deployment: Deployment, { name }: Release): PodTemplate {
  if (template.metadata?.labels?.[labels.release] !== undefined) return template;
  const own = releaseSelector(deployment, name);
  return { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...own } } };
}

/** As it was rendered when the release was made. */
export function templateOf({ rendered: known }: Pick<Release, 'rendered'>): PodTemplate {
  return rendered.parse(known).template;
}
