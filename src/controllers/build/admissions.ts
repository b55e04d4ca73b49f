import type { Build } from '../../crds/build/build.ts';
import type { Trust } from '../../crds/build/status.ts';
import { findCondition } from '../../crds/conditions/conditions.ts';
import type { Project } from '../../crds/project/project.ts';
import type { BuildDriver } from '../../images/driver/driver.ts';
import type { Informer, Stored } from '../../kube/index.ts';
import { Line } from '../queue/line.ts';
import type { Running, Waiting } from '../queue/places.ts';
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

/** Who may build now. */
export class Admissions {
  private readonly parts: AdmissionParts;
  private readonly line: Line;

  constructor(parts: AdmissionParts) {
    this.parts = parts;
    parts.builds.addIndex(open, ({ status }) => (status?.finishedAt === undefined ? ['yes'] : []));
    this.line = new Line({
      total: parts.maxConcurrent,
      waiting: () => this.waiting(),
      running: () => this.running(),
      limits: () => this.limits(),
      isOpen: ({ uid, key }) => isOpen(parts.builds.store.get(key), uid),
    });
  }

  /** Takes a place for the Build when one is free. 0: it may build; else how many go first. */
  enter(build: Stored<Build>): number {
    const { uid } = build.metadata;
    const isIn = build.status?.startedAt !== undefined || this.line.has(uid);
    if (isIn) return this.othersOn(this.waitingOf(build));
    return this.line.enter(this.waitingOf(build), projectLimit(this.projectOf(build)));
  }

  /** Gives the place back of one that is over. */
  leave(uid: string): void {
    this.line.leave(uid);
  }

  /** Gives the place back of one that could not start, and returns the keys of Builds that it kept waiting. */
  yieldPlace(uid: string): string[] {
    return this.line.yieldPlace(uid);
  }

  /** Keys of Builds that wait and could start now. */
  next(): string[] {
    return this.line.next();
  }

  private limits(): (projectUid: string) => number {
    const projects = new Map(this.parts.projects.store.list().map((project) => [project.metadata.uid, project]));
    return (uid) => projectLimit(projects.get(uid));
  }

  /** An earlier Build of the Project that was ended may still hold the volume for some seconds. */
  private othersOn({ uid, holds }: Waiting): number {
    if (holds === undefined) return 0;
    const has = ([other, running]: [string, Running]) => other !== uid && running.holds === holds;
    return this.line.running().entries().some(has) ? 1 : 0;
  }

  /** The volume of its Project, which one BuildKit at a time can use. Builds that nobody vouches for have no part in it. */
  private volumeOf(projectUid: string, trust: Trust | undefined): string | undefined {
    return this.parts.cached && trust === 'Trusted' ? projectUid : undefined;
  }

  private waiting(): Waiting[] {
    const waits = (build: Stored<Build>) =>
      build.status?.startedAt === undefined && !awaitsVoucher(build, this.projectUidOf(build));
    return this.opened()
      .filter(waits)
      .map((build) => this.waitingOf(build));
  }

  private running(): Map<string, Running> {
    const namespaces = new Map(
      this.parts.projects.store.list().map(({ metadata }) => [metadata.uid, metadata.namespace ?? '']),
    );
    const busy = this.parts.driver.busy().entries();
    const seen = busy.map(([uid, { projectUid, trust }]): [string, Running] => {
      // Of a Project that is gone nobody waits, so nobody has to take turns with it.
      const namespace = namespaces.get(projectUid) ?? '';
      return [uid, { projectUid, namespace, holds: this.volumeOf(projectUid, trust) }];
    });
    const started = this.opened().filter(({ status }) => status?.startedAt);
    const known = started.map((build): [string, Running] => [build.metadata.uid, this.waitingOf(build)]);
    return new Map([...seen, ...known]);
  }

  private opened(): Stored<Build>[] {
    return this.parts.builds.store.byIndex(open, 'yes');
  }

  private waitingOf(build: Stored<Build>): Waiting {
    const { uid, namespace = '', name, creationTimestamp: since = '' } = build.metadata;
    const blocked = findCondition(build.status?.conditions ?? [], 'Ready')?.status === 'False';
    // A Deployment waits for it. The others anybody may have made, who may make Builds and nothing else.
    const preferred = build.status?.trust === 'Trusted';
    const projectUid = this.projectUidOf(build);
    const holds = this.volumeOf(projectUid, build.status?.trust);
    return { uid, projectUid, namespace, blocked, preferred, since, key: `${namespace}/${name}`, holds };
  }

  private projectUidOf(build: Stored<Build>): string {
    return this.projectOf(build)?.metadata.uid ?? projectKeyOf(build);
  }

  private projectOf(build: Stored<Build>): Stored<Project> | undefined {
    return this.parts.projects.store.get(projectKeyOf(build));
  }
}

function isOpen(build: Stored<Build> | undefined, uid: string): boolean {
  return build?.metadata.uid === uid && build.status?.finishedAt === undefined;
}

function projectKeyOf({ metadata, spec }: Stored<Build>): string {
  return `${metadata.namespace}/${spec.projectRef.name}`;
}

function projectLimit(project: Project | undefined): number {
  return project?.spec.builds.maxConcurrent ?? 1;
}
