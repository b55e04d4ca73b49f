import type { Build } from '../../crds/build/build.ts';
import type { Project } from '../../crds/project/project.ts';
import { type BuildNamespace, remove } from '../../images/driver/job/create-driver.ts';
import type { Client, Informer, KubeObject, Resource, Stored } from '../../kube/index.ts';
import { persistentVolumeClaims, secrets } from '../../objects/core.ts';
import { annotations, labels } from '../../objects/labels.ts';
import { jobs } from '../../objects/workloads.ts';

export interface SweepParts {
  readonly client: Pick<Client, 'delete'>;
  readonly builds: Informer<Build>;
  readonly projects: Informer<Project>;
  readonly seen: BuildNamespace;
}

interface Leftover {
  readonly resource: Resource;
  readonly object: Stored<KubeObject>;
}

/**
 * Removes what belongs to Builds and Projects that are gone. There is no owner reference across namespaces, and no
 * finalizer either: with one, a namespace of a user could not be deleted while the operator is away.
 * `buildKey` narrows it to one Build that has just gone.
 */
export async function sweep(parts: SweepParts, signal: AbortSignal, buildKey?: string): Promise<number> {
  const found =
    buildKey === undefined ? [...ofBuilds(parts), ...ofProjects(parts)] : ofBuilds(parts).filter(isOf(buildKey));
  for (const { resource, object } of found) {
    const { namespace = '', name } = object.metadata;
    await remove(parts.client, resource, { namespace, name }, signal);
  }
  return found.length;
}

function ofBuilds({ builds, seen }: SweepParts): Leftover[] {
  const living = new Set(builds.store.list().map(({ metadata }) => metadata.uid));
  const candidates = [...labelled(jobs, seen.jobs.store.list()), ...labelled(secrets, seen.secrets.store.list())];
  return candidates.filter(({ object }) => isGone(object, labels.buildUid, living));
}

function ofProjects({ projects, seen }: SweepParts): Leftover[] {
  const living = new Set(projects.store.list().map(({ metadata }) => metadata.uid));
  return labelled(persistentVolumeClaims, seen.claims.store.list()).filter(({ object }) =>
    isGone(object, labels.projectUid, living),
  );
}

function labelled(resource: Resource, objects: readonly Stored<KubeObject>[]): Leftover[] {
  return objects.map((object) => ({ resource, object }));
}

function isGone({ metadata }: KubeObject, label: string, living: ReadonlySet<string>): boolean {
  const uid = metadata.labels?.[label];
  return uid !== undefined && !living.has(uid) && metadata.deletionTimestamp === undefined;
}

function isOf(key: string) {
  return ({ object }: Leftover) => object.metadata.annotations?.[annotations.buildOf] === key;
}
