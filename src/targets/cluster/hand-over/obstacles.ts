import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Stored } from '../../../kube/index.ts';
import { labels } from '../../../objects/labels.ts';
import type { AppsDeployment, Autoscaler, ReplicaSet } from '../../../objects/workloads.ts';
import type { Release } from '../../../rollout/release.ts';
import { TargetError } from '../../target.ts';
import { sizeOf } from '../adoption/found.ts';
import { isOf } from '../view.ts';
import { isMadeFor } from './wanted.ts';

export interface Standing {
  readonly deployment: Deployment;
  /** The one that serves. */
  readonly release: Release;
  /** All that are labelled with the Deployment. */
  readonly sets: readonly Stored<ReplicaSet>[];
  readonly autoscalers: readonly Stored<Autoscaler>[];
  /** Name of what is to run it. */
  readonly name: string;
  readonly apps: Stored<AppsDeployment> | undefined;
}

type Live = Stored<ReplicaSet>;
type Rule = (standing: Standing, live: Live) => TargetError | undefined;

/** In this order: what a person has to clear away comes before what passes. */
const rules: readonly Rule[] = [nameTaken, stillScaled, othersRun, notSized];

/** What runs the release, or why it cannot be given away yet; asked before anything is changed. */
export function setToGive(standing: Standing): Live | TargetError {
  const { sets, deployment, release } = standing;
  const live = sets.find((set) => set.metadata.deletionTimestamp === undefined && isOf(set, deployment, release));
  if (live === undefined) {
    return blocked(`release ${release.number} has no ReplicaSet: scale this Deployment to one replica first`);
  }
  for (const rule of rules) {
    const found = rule(standing, live);
    if (found !== undefined) return found;
  }
  return live;
}

function nameTaken({ apps, deployment, name }: Standing): TargetError | undefined {
  if (apps === undefined || isMadeFor(apps, deployment)) return undefined;
  return blocked(`Deployment.apps ${name} exists: delete it, or write another name; it is made by the hand-over`);
}

/** It would go on to scale what does nothing any more. */
function stillScaled({ autoscalers, deployment, name }: Standing): TargetError | undefined {
  const found = autoscalers.find(({ spec: { scaleTargetRef } }) => {
    const { apiVersion = '', kind, name: scaled } = scaleTargetRef;
    return apiVersion.startsWith('vish.dev/') && kind === 'Deployment' && scaled === deployment.metadata.name;
  });
  if (found === undefined) return undefined;
  return blocked(
    `HorizontalPodAutoscaler ${found.metadata.name} scales this Deployment: let its scaleTargetRef name Deployment ${name} with apiVersion apps/v1; until that is there it scales nothing`,
  );
}

/** What is kept warm would be nobody's. */
function othersRun({ sets, release }: Standing, live: Live): TargetError | undefined {
  const other = sets.find((set) => set !== live && sizeOf(set) > 0);
  if (other === undefined) return undefined;
  const name = other.metadata.labels?.[labels.release] ?? other.metadata.name;
  return waiting(`it waits until ${name} has ended, which runs beside release ${release.number}`);
}

function notSized({ deployment, release }: Standing, { spec }: Live): TargetError | undefined {
  const { replicas } = deployment.spec.workload.scale;
  return spec?.replicas === replicas
    ? undefined
    : waiting(`it waits until release ${release.number} has ${replicas} replicas`);
}

export function blocked(message: string): TargetError {
  return new TargetError('HandOverBlocked', message);
}

function waiting(message: string): TargetError {
  return new TargetError('HandingOver', `Before the hand-over begins ${message}.`);
}
