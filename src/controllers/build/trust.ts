import type { Build } from '../../crds/build/build.ts';
import type { Trust } from '../../crds/build/status.ts';
import type { Project } from '../../crds/project/project.ts';
import { controllerOf, type Stored } from '../../kube/index.ts';

/**
 * A Build that a Deployment made belongs to the Project, and who made it vouches for its commit a moment later. Belonging
 * alone proves nothing, because anybody who makes a Build can write an owner into it: it only makes the Build wait.
 */
export function awaitsVoucher({ metadata, status }: Stored<Build>, projectUid: string | undefined): boolean {
  return status?.trust === undefined && projectUid !== undefined && controllerOf({ metadata })?.uid === projectUid;
}

/** Nobody vouched for it: it counts as code of anybody. */
export function trustOf({ status }: Pick<Build, 'status'>): Trust {
  return status?.trust ?? 'Untrusted';
}

/** Untrusted images stay apart: who may pull from the Project's repository gets only what was vouched for. */
export function repositoryOf({ spec }: Project, trust: Trust): string {
  const { repository } = spec.image;
  return trust === 'Trusted' ? repository : `${repository}-untrusted`;
}
