import { nothingToDo, type ReasonEntry } from './entry.ts';

const kinds = ['Target', 'Deployment'] as const;
const axes = ['Synced'] as const;

export const targetReasons = {
  TargetReady: {
    kinds: ['Target'],
    axes,
    course: 'Done',
    cause: 'The credentials work and what the Target names exists.',
    remedy: nothingToDo,
  },
  CheckingTarget: {
    kinds,
    axes,
    course: 'Working',
    cause: 'The Target is being looked at before something is made there.',
    remedy: nothingToDo,
  },
  TargetInUse: {
    kinds: ['Target'],
    axes,
    course: 'AwaitingPerson',
    cause:
      'The Target was deleted and Deployments still refer to it; without it what they run there could not be removed.',
    remedy: 'Delete the Deployments in the message; the Target goes with the last one.',
  },
  TargetNotFound: {
    kinds: ['Deployment'],
    axes,
    course: 'Stuck',
    cause: 'The field target.ref names no Target of this namespace, or one that is being deleted.',
    remedy: 'Create the Target; target is fixed, so another name needs another Deployment.',
  },
  TargetUnreachable: {
    kinds,
    axes,
    course: 'Retrying',
    cause: 'The platform did not answer, or limits requests.',
    remedy: 'It is tried again by itself.',
  },
  TargetForbidden: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'The platform refused the role or one call; the message names it.',
    remedy: 'Give the role the right in the message; its trust policy needs the external id of status.ecs.externalId.',
  },
  TargetInvalid: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'Something that the Target names does not exist or does not fit.',
    remedy: 'Correct the field in the message.',
  },
  TargetNotOwned: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'An object of the wanted name exists there and belongs to somebody else.',
    remedy: 'Rename the Deployment, or remove the other object.',
  },
  Unsupported: {
    kinds: ['Deployment'],
    course: 'Stuck',
    cause: 'The place cannot do what the spec asks for.',
    remedy: 'Use the alternative in the message.',
  },
  CleaningUp: {
    kinds,
    axes,
    course: 'Working',
    cause: 'What was made outside the cluster, or by a deleted object of this name, is being removed.',
    remedy: nothingToDo,
  },
  ProjectReady: {
    kinds: ['Project'],
    course: 'Done',
    cause: 'The repository can be read, and each environment has its Deployments.',
    remedy: nothingToDo,
  },
  RefusedByCluster: {
    kinds: ['Project', 'Deployment', 'Build'],
    axes: ['Built'],
    course: 'Retrying',
    cause: 'The API server refuses an object that is needed: by a quota, a policy, a missing right or its size.',
    remedy: 'The message has its words: make room, or ask the administrator. It is tried again by itself.',
  },
  InternalError: {
    kinds: ['Project', 'Deployment', 'Build', 'Target'],
    course: 'Retrying',
    cause: 'The operator failed; it is not your doing.',
    remedy: "Report it with the reconcile id in the message; the operator's log has the rest.",
  },
} as const satisfies Record<string, ReasonEntry>;
