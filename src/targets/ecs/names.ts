import type { Deployment } from '../../crds/deployment/deployment.ts';
import { labels, manager } from '../../objects/labels.ts';
import type { EcsPlace } from './place.ts';
import { shortHash } from './place.ts';

/** What belongs to one Deployment in the account, found again by name alone. */
export interface Names {
  /** Also the start of the families, so that one IAM pattern covers both. */
  readonly service: string;
  readonly repository: string;
  readonly logGroup: string;
  readonly tags: Readonly<Record<string, string>>;
}

export const tagNames = { uid: 'vish.dev/uid', specHash: 'vish.dev/spec-hash' } as const;

/**
 * The hash keeps apart what reads the same: `a-b` in `c` and `b` in `c-a`, or the same name in two clusters that share an
 * account.
 */
export function namesOf(deployment: Deployment, { settings }: EcsPlace): Names {
  const { namespace = 'default', name, uid = '' } = deployment.metadata;
  const hash = shortHash(uid);
  return {
    service: `vish-${namespace}-${name}-${hash}`,
    repository: `${settings.repositoryPrefix}/${singleDashes(namespace)}/${singleDashes(name)}-${hash}`,
    logGroup: `/vish/${settings.cluster}`,
    tags: {
      [labels.managedBy]: manager,
      [labels.deployment]: `${namespace}/${name}`,
      [tagNames.uid]: uid,
    },
  };
}

/** One family a release: the definition of any release is found by one call, and forgotten without touching others. */
export function familyOf(service: string, release: number): string {
  return `${service}-r${release}`;
}

export const familyPrefixOf = (service: string) => `${service}-r`;

/** Of the ARN of a task definition, or of `family:revision`. */
export function familyOfDefinition(definition: string): string {
  return (definition.split('/').at(-1) ?? '').split(':')[0] ?? '';
}

/** Undefined when the definition is none of this service's releases. */
export function releaseOfDefinition(service: string, definition: string | undefined): number | undefined {
  const family = familyOfDefinition(definition ?? '');
  const rest = family.startsWith(familyPrefixOf(service)) ? family.slice(familyPrefixOf(service).length) : '';
  return /^[1-9][0-9]{0,15}$/u.test(rest) ? Number(rest) : undefined;
}

/** ECR allows no two separators in a row; a namespace may have them. */
function singleDashes(name: string): string {
  return name.replaceAll(/-+/gu, '-');
}
