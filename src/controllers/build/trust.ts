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

/** The Secret that a build pod of this trust level pushes with, and the field that names it. */
export function pushLoginOf(
  { spec }: Pick<Project, 'spec'>,
  trust: Trust,
): { name: string | undefined; field: string } {
  const { credentialsRef, untrustedCredentialsRef } = spec.image;
  return trust === 'Trusted'
    ? { name: credentialsRef?.name, field: 'image.credentialsRef' }
    : { name: untrustedCredentialsRef?.name, field: 'image.untrustedCredentialsRef' };
}

/** With which the operator itself signs and deletes: it goes to no pod, so what pushes trusted images does as well. */
export function ownLoginOf(project: Pick<Project, 'spec'>, trust: Trust): string | undefined {
  return pushLoginOf(project, trust).name ?? project.spec.image.credentialsRef?.name;
}
