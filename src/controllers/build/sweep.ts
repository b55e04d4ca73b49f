import type { Build } from '../../crds/build/build.ts';
import type { Trust } from '../../crds/build/status.ts';
import type { Project } from '../../crds/project/project.ts';
import { type BuildNamespace, type BuildNamespaces, eachOf } from '../../images/driver/job/build-namespaces.ts';
import { remove } from '../../images/driver/job/create-driver.ts';
import type { Client, Informer, KubeObject, Resource, Stored } from '../../kube/index.ts';
import { persistentVolumeClaims, secrets } from '../../objects/core.ts';
import { annotations, labels } from '../../objects/labels.ts';
import { jobs } from '../../objects/workloads.ts';

export interface SweepParts {
  readonly client: Pick<Client, 'delete'>;
  readonly builds: Informer<Build>;
  readonly projects: Informer<Project>;
  readonly seen: BuildNamespaces;
}

interface Leftover {
  readonly resource: Resource;
  readonly object: Stored<KubeObject>;
}

/**
 * Removes what belongs to Builds and Projects that are gone, and what lies in the namespace of another trust level than its
 * Build has. There is no owner reference across namespaces, and no finalizer either: with one, a namespace of a user could
 * not be deleted while the operator is away.
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
  const living = new Map(builds.store.list().map(({ metadata, status }) => [metadata.uid, status?.trust]));
  return eachOf(seen).flatMap((place) =>
    candidatesIn(place).filter(({ object }) => {
      const uid = uidOf(object, labels.buildUid);
      return uid !== undefined && (!living.has(uid) || isMisplaced(place, living.get(uid), seen));
    }),
  );
}

/** An operator that knew one namespace for all left it there, or somebody made it by hand: in any case nobody looks at it. */
function isMisplaced({ name }: BuildNamespace, trust: Trust | undefined, seen: BuildNamespaces): boolean {
  return trust !== undefined && seen[trust].name !== name;
}

function candidatesIn(place: BuildNamespace): Leftover[] {
  return [...labelled(jobs, place.jobs.store.list()), ...labelled(secrets, place.secrets.store.list())];
}

function ofProjects({ projects, seen }: SweepParts): Leftover[] {
  const living = new Set(projects.store.list().map(({ metadata }) => metadata.uid));
  return labelled(persistentVolumeClaims, seen.claims.store.list()).filter(({ object }) => {
    const uid = uidOf(object, labels.projectUid);
    return uid !== undefined && !living.has(uid);
  });
}

function labelled(resource: Resource, objects: readonly Stored<KubeObject>[]): Leftover[] {
  return objects.map((object) => ({ resource, object }));
}

/** Undefined also for what goes already. */
function uidOf({ metadata }: KubeObject, label: string): string | undefined {
  return metadata.deletionTimestamp === undefined ? metadata.labels?.[label] : undefined;
}

function isOf(key: string) {
  return ({ object }: Leftover) => object.metadata.annotations?.[annotations.buildOf] === key;
}
