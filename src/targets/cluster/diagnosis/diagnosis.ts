import type { SummaryReason } from '../../../crds/reasons/reasons.ts';
import { livePods, type ReleaseView } from '../view.ts';
import { diagnoseContainer } from './container.ts';
import { diagnoseSet } from './replica-set.ts';

/** Why replicas do not serve. The sentence is the same for the same cause: no names of pods, no counts of tries. */
export interface Diagnosis {
  readonly reason: SummaryReason;
  readonly message: string;
  /** Nothing but another release can cure it. */
  readonly final?: true;
}

/** What explains most comes first: without room for a pod nothing is pulled, without an image nothing starts. */
const order: readonly SummaryReason[] = [
  'QuotaExceeded',
  'InvalidTemplate',
  'ImageRunsAsRoot',
  'ConfigurationMissing',
  'ImagePullFailed',
  'OutOfMemory',
  'CrashLoop',
  'Unschedulable',
  'ProbeFailed',
];

/** The most telling of what is wrong with a release; undefined when nothing is, or nothing is known yet. */
export function diagnose(view: ReleaseView, now: number): Diagnosis | undefined {
  const { set } = view;
  const current = livePods(view).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const found = [
    ...(set === undefined ? [] : diagnoseSet(set)),
    ...current.flatMap((pod) => diagnoseContainer(pod, now)),
  ];
  return found.toSorted((a, b) => order.indexOf(a.reason) - order.indexOf(b.reason))[0];
}
