import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Project } from '../../crds/project/project.ts';
import {
  type Applier,
  type Client,
  type EventRecorder,
  isKubeError,
  isRefusal,
  keyOf,
  release,
  type WrittenVersions,
} from '../../kube/index.ts';
import { deployments, projects } from '../../objects/vish.ts';
import type { Read } from '../../objects/wire.ts';
import { removed } from './events.ts';
import type { Plan, Wanted } from './plan.ts';

/** What doing something for a Project needs. */
export interface Acting {
  readonly client: Client;
  readonly applier: Pick<Applier, 'apply'>;
  readonly written: WrittenVersions;
  readonly recorder: Pick<EventRecorder, 'record'>;
  readonly project: Read<Project>;
  readonly signal: AbortSignal;
}

export interface Applied {
  readonly objects: readonly Read<Deployment>[];
  /** Sentences about Deployments that the API server refused. */
  readonly refused: readonly string[];
  /** Some were refused for what may change elsewhere: a quota, a policy. */
  readonly tryAgain: boolean;
}

/** A refused environment does not hold up the others; every other failure is tried again. */
export async function applyAll(acting: Acting, wanted: readonly Wanted[]): Promise<Applied> {
  const objects: Read<Deployment>[] = [];
  const refused: string[] = [];
  let tryAgain = false;
  for (const { environment, intent, observed } of wanted) {
    try {
      const { object, changed } = await acting.applier.apply(deployments, intent, observed, { signal: acting.signal });
      objects.push(object);
      if (changed) acting.written.wrote(writerOf(acting), deployments, object);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      tryAgain ||= error.code !== 'Invalid';
      refused.push(`Environment "${environment}": ${error.message}.`);
    }
  }
  return { objects, refused, tryAgain };
}

/** Deletes what no environment wants, and lets go what an External one may have. */
export async function giveUp(acting: Acting, plan: Plan): Promise<void> {
  for (const object of plan.remove) await deleteOne(acting, object);
  const owner = { resource: projects, object: acting.project };
  for (const object of plan.release) {
    const freed = await release(acting.client, { resource: deployments, object }, owner, { signal: acting.signal });
    if (freed) acting.written.wrote(writerOf(acting), deployments, freed);
  }
}

async function deleteOne(acting: Acting, object: Read<Deployment>): Promise<void> {
  const { client, project, signal, written, recorder } = acting;
  const { namespace = '', name, uid } = object.metadata;
  try {
    await client.delete(deployments, { namespace, name }, { preconditions: { uid }, signal });
    recorder.record(removed(project, object));
  } catch (error) {
    if (!isKubeError(error, 'NotFound')) throw error;
  }
  written.deleted(writerOf(acting), deployments, object);
}

function writerOf({ project }: Acting) {
  return { key: keyOf(project), uid: project.metadata.uid };
}
