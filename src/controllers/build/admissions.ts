import type { Build } from '../../crds/build/build.ts';
import type { Project } from '../../crds/project/project.ts';
import type { BuildDriver } from '../../images/driver/driver.ts';
import type { Informer, Stored } from '../../kube/index.ts';
import { CountedPlaces } from './counted-places.ts';
import { placesOf, projectLimit, type Running, type Waiting, waitingOf } from './queue.ts';
import { awaitsVoucher } from './trust.ts';

interface AdmissionParts {
  readonly builds: Informer<Build>;
  readonly projects: Informer<Project>;
  readonly driver: Pick<BuildDriver, 'busy'>;
  readonly maxConcurrent: number;
  /** Each Project has one volume. */
  readonly cached: boolean;
}

const open = 'build-open';

/**
 * Who may build now. The caches know what runs only some time after it was started, so what this process let in is
 * remembered until they show it: otherwise two Builds would both take the last place.
 */
export class Admissions {
  private readonly admitted = new Map<string, string>();
  private readonly parts: AdmissionParts;
  /** Until a place is taken or given back. */
  private counted: CountedPlaces | undefined;

  constructor(parts: AdmissionParts) {
    this.parts = parts;
    parts.builds.addIndex(open, ({ status }) => (status?.finishedAt === undefined ? ['yes'] : []));
  }

  /** Takes a place for the Build when one is free. 0: it may build; else how many go first. */
  enter(build: Stored<Build>): number {
    const { uid } = build.metadata;
    const projectUid = this.projectUidOf(build);
    const isIn = build.status?.startedAt !== undefined || this.admitted.has(uid);
    if (isIn) return this.othersOn(uid, projectUid, this.running());
    const limit = projectLimit(this.projectOf(build), this.parts);
    const place = this.counted?.take({ uid, projectUid, limit }) ?? this.count(uid);
    if (place === 0) this.admit(uid, projectUid);
    return place;
  }

  /** Gives the place back of one that is over. */
  leave(uid: string): void {
    this.admitted.delete(uid);
    this.counted = undefined;
  }

  /**
   * Gives the place back of one that could not start, and returns the keys of Builds that it kept waiting. Others that
   * cannot start either are not among them: they would wake each other without end.
   */
  yieldPlace(uid: string): string[] {
    this.leave(uid);
    // The cache may not show yet that it cannot start.
    const others = this.queue().filter((waiting) => waiting.uid !== uid);
    return this.free(others).flatMap(({ blocked, key }) => (blocked ? [] : [key]));
  }

  /** Keys of Builds that wait and could start now. */
  next(): string[] {
    this.counted = undefined;
    return this.free(this.queue()).map(({ key }) => key);
  }

  private admit(uid: string, projectUid: string): void {
    this.admitted.set(uid, projectUid);
    this.counted = undefined;
  }

  private count(uid: string): number {
    const waiting = this.queue();
    const places = this.places(waiting, this.running());
    this.counted = new CountedPlaces({ waiting, places, limitOf: this.limits() });
    return places.get(uid) ?? 0;
  }

  /** By the UID of a Project, as they are now: each is asked for many times in one count. */
  private limits(): (projectUid: string) => number {
    const projects = new Map(this.parts.projects.store.list().map((project) => [project.metadata.uid, project]));
    return (uid) => projectLimit(projects.get(uid), this.parts);
  }

  private free(queue: readonly Waiting[]): Waiting[] {
    const places = this.places(queue, this.running());
    return queue.filter(({ uid }) => places.get(uid) === 0);
  }

  private queue(): Waiting[] {
    return this.waiting().map((build) => waitingOf(build, this.projectUidOf(build)));
  }

  /** An earlier Build of the Project that was ended may still hold the volume for some seconds. */
  private othersOn(uid: string, projectUid: string, running: ReadonlyMap<string, string>): number {
    if (!this.parts.cached) return 0;
    return running.entries().some(([other, project]) => other !== uid && project === projectUid) ? 1 : 0;
  }

  private places(waiting: readonly Waiting[], running: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
    const { maxConcurrent } = this.parts;
    const namespaces = new Map(waiting.map(({ projectUid, namespace }) => [projectUid, namespace]));
    for (const { metadata } of this.parts.projects.store.list()) namespaces.set(metadata.uid, metadata.namespace ?? '');
    const active = running.entries().map(([uid, projectUid]): [string, Running] => {
      // Of a Project that is gone nobody waits, so nobody has to take turns with it.
      return [uid, { projectUid, namespace: namespaces.get(projectUid) ?? '' }];
    });
    return placesOf(waiting, new Map(active), { total: maxConcurrent, ofProject: this.limits() });
  }

  private waiting(): Stored<Build>[] {
    return this.opened().filter((build) => {
      const isIn = build.status?.startedAt !== undefined || this.admitted.has(build.metadata.uid);
      return !isIn && !awaitsVoucher(build, this.projectUidOf(build));
    });
  }

  private running(): Map<string, string> {
    this.forgetGone();
    const started = this.opened().filter(({ status }) => status?.startedAt);
    const known = started.map((build): [string, string] => [build.metadata.uid, this.projectUidOf(build)]);
    return new Map([...this.parts.driver.busy(), ...known, ...this.admitted]);
  }

  private forgetGone(): void {
    const present = new Set(this.opened().map(({ metadata }) => metadata.uid));
    for (const uid of this.admitted.keys()) if (!present.has(uid)) this.admitted.delete(uid);
  }

  private opened(): Stored<Build>[] {
    return this.parts.builds.store.byIndex(open, 'yes');
  }

  private projectUidOf(build: Stored<Build>): string {
    return this.projectOf(build)?.metadata.uid ?? projectKeyOf(build);
  }

  private projectOf(build: Stored<Build>): Stored<Project> | undefined {
    return this.parts.projects.store.get(projectKeyOf(build));
  }
}

function projectKeyOf({ metadata, spec }: Stored<Build>): string {
  return `${metadata.namespace}/${spec.projectRef.name}`;
}
