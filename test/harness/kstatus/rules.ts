import {
  conditionOf,
  conditionsOf,
  generationOf,
  isAnswered,
  type Observed,
  statusOf,
  type Version,
} from './version.ts';

export interface Rule {
  /** Stable name, for reports. */
  code: string;
  /** What must hold. */
  says: string;
  /** How it is broken, as far as the rule alone does not say; empty when it is not worth more words. */
  broken(version: Version): string | undefined;
}

const abnormal = ['Reconciling', 'Stalled'] as const;

/** Flux's conformance checks for objects that follow kstatus, in our words. README.md says where we differ. */
export const fluxRules: readonly Rule[] = [
  {
    code: 'FAIL0001',
    says: 'nothing abnormal is True while Ready is True',
    broken: ({ object }) => {
      if (!isReady(object)) return undefined;
      return listed(abnormal.filter((type) => statusOf(object, type) === 'True'));
    },
  },
  {
    code: 'FAIL0002',
    says: 'Ready is there as soon as there is a status',
    broken: ({ object }) => when(isAnswered(object) && conditionOf(object, 'Ready') === undefined),
  },
  {
    code: 'FAIL0003',
    says: 'Ready is not True while Reconciling is True',
    broken: ({ object }) => when(isReady(object) && statusOf(object, 'Reconciling') === 'True'),
  },
  {
    code: 'FAIL0004',
    says: 'Ready is False while Stalled is True',
    broken: ({ object }) => when(statusOf(object, 'Stalled') === 'True' && statusOf(object, 'Ready') !== 'False'),
  },
  {
    code: 'FAIL0005',
    says: 'Reconciling and Stalled are never there together',
    broken: ({ object }) => when(abnormal.every((type) => conditionOf(object, type) !== undefined)),
  },
  {
    code: 'FAIL0006',
    says: 'no observedGeneration is ahead of the object',
    broken: ({ object }) => {
      const ahead = (seen = 0) => seen > generationOf(object);
      const types = conditionsOf(object).filter(({ observedGeneration }) => ahead(observedGeneration));
      return listed([...(ahead(object.status?.observedGeneration) ? ['status'] : []), ...types.map(typeOf)]);
    },
  },
  {
    code: 'FAIL0007',
    says: 'a status that is written as Ready=True is about the current generation',
    broken: (version) =>
      when(
        isReady(version.object) &&
          wroteStatus(version) &&
          rootGeneration(version.object) < generationOf(version.object),
      ),
  },
  {
    code: 'FAIL0008',
    says: 'with Ready=True no condition is written that is about an older generation',
    broken: (version) => {
      if (!isReady(version.object) || !wroteStatus(version)) return undefined;
      return listed(typesWhere(version.object, (seen) => seen < generationOf(version.object)));
    },
  },
  {
    code: 'FAIL0009',
    says: 'with Ready=True every condition is about the same generation as the status',
    broken: ({ object }) => {
      if (!isReady(object)) return undefined;
      return listed(typesWhere(object, (seen) => seen !== rootGeneration(object)));
    },
  },
  {
    code: 'FAIL0011',
    says: 'Ready=Unknown only together with Reconciling=True',
    broken: ({ object }) => when(statusOf(object, 'Ready') === 'Unknown' && statusOf(object, 'Reconciling') !== 'True'),
  },
  {
    code: 'WARN0001',
    says: 'Reconciling and Stalled are dropped when they are not True',
    broken: ({ object }) => listed(abnormal.filter((type) => !['True', undefined].includes(statusOf(object, type)))),
  },
  {
    code: 'WARN0002',
    says: 'status and every condition carry observedGeneration',
    broken: ({ object }) => {
      if (!isAnswered(object)) return undefined;
      const types = conditionsOf(object).filter(({ observedGeneration }) => observedGeneration === undefined);
      return listed([...(object.status?.observedGeneration === undefined ? ['status'] : []), ...types.map(typeOf)]);
    },
  },
  {
    code: 'WARN0003',
    says: 'Ready says what Reconciling or Stalled says',
    broken: ({ object }) => {
      const ready = conditionOf(object, 'Ready');
      const others = abnormal.map((type) => conditionOf(object, type)).filter((other) => other !== undefined);
      const unlike = others.filter(({ reason, message }) => reason !== ready?.reason || message !== ready.message);
      return listed(unlike.map(typeOf));
    },
  },
];

function isReady(object: Observed): boolean {
  return statusOf(object, 'Ready') === 'True';
}

function rootGeneration({ status }: Observed): number {
  return status?.observedGeneration ?? 0;
}

/** False for a version that only the user's change of the spec made: nobody can have answered it yet. */
function wroteStatus({ object, before }: Version): boolean {
  return before !== undefined && JSON.stringify(object.status) !== JSON.stringify(before.status);
}

function typesWhere(object: Observed, holds: (observedGeneration: number) => boolean): string[] {
  return conditionsOf(object)
    .filter(({ observedGeneration = 0 }) => holds(observedGeneration))
    .map(typeOf);
}

function typeOf({ type }: { type: string }): string {
  return type;
}

function listed(types: readonly string[]): string | undefined {
  return types.length === 0 ? undefined : types.join(', ');
}

function when(broken: boolean): string | undefined {
  return broken ? '' : undefined;
}
