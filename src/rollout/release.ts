import type { Trust } from '../crds/build/status.ts';
import type { Workload } from '../crds/workload/workload.ts';

/** A ConfigMap or Secret that a release holds a copy of, under a name that follows from its content. */
export interface ConfigurationCopy {
  readonly kind: 'ConfigMap' | 'Secret';
  /** Name that the user wrote. */
  readonly source: string;
  /** Name of the copy; the source's own where the reference says `track: false`. */
  readonly copy: string;
}

/**
 * What runs, fixed for ever: the content of one ControllerRevision. Scale and strategy are no part of it, so changing them
 * starts no release. `rendered` is what the place made of it when the release was made, so that a newer operator with
 * another way of rendering does not replace every pod of every user.
 */
export interface Release {
  /** Counts up within a Deployment; never used twice. */
  readonly number: number;
  /** Name of the ControllerRevision, and of what carries the release at the place. */
  readonly name: string;
  /** Of everything that identifies the release; the same inputs give the same hash. */
  readonly hash: string;
  /** UID of the ControllerRevision: the owner of what belongs to this release alone. */
  readonly uid: string;
  /** By digest. */
  readonly image: string;
  readonly commit?: string;
  readonly trust?: Trust;
  readonly workload: Omit<Workload, 'scale'>;
  readonly configuration: readonly ConfigurationCopy[];
  /** What the target rendered: a pod template, a task definition. Read by that target alone. */
  readonly rendered: unknown;
}
