import type { ReasonEntry } from './entry.ts';
import { nothingToDo } from './entry.ts';

const kinds = ['Project', 'Deployment', 'Build'] as const;

export const sourceReasons = {
  ResolvingSource: {
    kinds,
    course: 'Working',
    cause: 'The branch, tag or image is being looked up.',
    remedy: nothingToDo,
  },
  SourceUnreachable: {
    kinds,
    axes: ['Synced'],
    course: 'Retrying',
    cause: 'The git host or registry did not answer, or answered with an error of its own.',
    remedy: 'Check the address in the message and whether the operator may reach it; it is tried again by itself.',
  },
  SourceNotFound: {
    kinds,
    axes: ['Synced'],
    course: 'Stuck',
    cause: 'The repository, branch, tag or commit does not exist, or is hidden from these credentials.',
    remedy: 'Correct the name, or let credentialsRef name a Secret that may read it.',
  },
  SourceForbidden: {
    kinds,
    axes: ['Synced'],
    course: 'Stuck',
    cause: 'The git host refused the credentials.',
    remedy:
      'Renew the Secret of source.git.credentialsRef: token, or username and password. Over ssh: add the public half of its key to the repository.',
  },
  SourceRefused: {
    kinds,
    axes: ['Synced'],
    course: 'Stuck',
    cause:
      'The address or the content of the repository breaks a safety rule: protocol, private address, unknown key of an ssh host, link out of the tree, size.',
    remedy: 'The message names the rule. Change the repository, or have the administrator allow the address.',
  },
  CredentialsMissing: {
    kinds: ['Project', 'Deployment', 'Build', 'Target'],
    axes: ['Synced'],
    course: 'Stuck',
    cause: 'A Secret that is named does not exist or lacks a key.',
    remedy: 'Create the Secret in this namespace with the keys that the message lists.',
  },
  ProjectNotFound: {
    kinds: ['Deployment', 'Build', 'PreviewDeployment'],
    course: 'Stuck',
    cause: 'The field projectRef names no Project of this namespace.',
    remedy: 'Create the Project, or correct projectRef.name.',
  },
  ServiceNotFound: {
    kinds: ['Deployment', 'Build'],
    course: 'Stuck',
    cause: 'The Project has no service of this name.',
    remedy: 'Use one of the names in the message, or add the service to the Project.',
  },
  EnvironmentNotFound: {
    kinds: ['Deployment'],
    course: 'Stuck',
    cause: 'The Project has no environment of this name.',
    remedy: 'Add the environment to the Project with managedBy: External, or correct environment.',
  },
  EnvironmentTaken: {
    kinds: ['Project', 'Deployment'],
    course: 'Stuck',
    cause: 'The environment is made by the Project and by somebody else, or by two Deployments.',
    remedy: 'Set managedBy: External on the environment, or delete the Deployment that the message names.',
  },
  EnvironmentRefused: {
    kinds: ['Project'],
    course: 'Stuck',
    cause: 'The Deployment that an environment asks for breaks a rule or a quota; the other environments are set up.',
    remedy: 'The message names the environment and the rule. Correct the service, or the overrides of the environment.',
  },
} as const satisfies Record<string, ReasonEntry>;
