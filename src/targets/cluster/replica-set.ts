import { z } from 'zod';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import { withController } from '../../kube/index.ts';
import { annotations, labels } from '../../objects/labels.ts';
import { controllerRevisions, type PodTemplate, type ReplicaSet } from '../../objects/workloads.ts';
import type { Release } from '../../rollout/release.ts';
import { commonLabels, releaseSelector } from './selectors.ts';
import type { Size } from './writes.ts';

const rendered = z.object({ template: z.custom<PodTemplate>((value) => typeof value === 'object' && value !== null) });
export type Rendered = z.output<typeof rendered>;

/** What carries one release. The revision owns it, so it goes when the release leaves the history. */
export function replicaSetFor(deployment: Deployment, release: Release, size: Size): ReplicaSet {
  const { namespace = '' } = deployment.metadata;
  const { template } = rendered.parse(release.rendered);
  const intent: ReplicaSet = {
    metadata: {
      namespace,
      name: release.name,
      labels: { ...commonLabels(deployment), [labels.release]: release.name },
      annotations: { [annotations.sizedFor]: `${size.sizedFor}` },
    },
    spec: {
      replicas: size.replicas,
      minReadySeconds: size.minReadySeconds,
      selector: { matchLabels: releaseSelector(deployment, release.name) },
      template,
    },
  };
  const revision = { metadata: { namespace, name: release.name, uid: release.uid, resourceVersion: '' } };
  return withController(intent, { resource: controllerRevisions, object: revision });
}
