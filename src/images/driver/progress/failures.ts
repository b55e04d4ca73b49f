import type { SummaryReason } from '../../../crds/reasons/reasons.ts';
import type { Pod } from '../../../objects/core.ts';
import type { Job } from '../../../objects/workloads.ts';
import { parseResult, type StepFailure } from '../../steps/result/result.ts';
import type { Failed } from '../driver.ts';
import { type StepStatus, stagesOf } from './stages.ts';

interface View {
  readonly job: Job | undefined;
  readonly pod: Pod | undefined;
  readonly steps: readonly StepStatus[];
}

interface Verdict {
  readonly reason: SummaryReason;
  readonly message: string;
  readonly exitCode?: number;
}

type Rule = (view: View) => Verdict | undefined;

/**
 * Why a try ended, the cause before its consequences: a pod that was evicted also has a step that was killed, and a pod
 * beyond its deadline one that was told to end.
 */
const rules: readonly Rule[] = [evicted, deadline, outOfMemory, toldByStep, nodeGone, killed, builderImage, podGone];

export function failureOf(view: View): Failed | undefined {
  const verdict = rules.reduce<Verdict | undefined>((found, rule) => found ?? rule(view), undefined);
  if (verdict === undefined) return undefined;
  const { reason, message, exitCode } = verdict;
  const details = detailsOf(view);
  const failure = exitCode === undefined ? details : { exitCode, ...details };
  return { state: 'Failed', stages: stagesOf(view.steps), reason, message, failure };
}

/** What the step itself could say, also where the cause lies outside of it. */
function detailsOf(view: View): Failed['failure'] {
  const told = toldFailure(view);
  if (told === undefined) return { stage: stoppedStep(view)?.stage ?? 'Clone' };
  const { ok: _ok, seconds: _seconds, reason: _reason, message: _message, ...details } = told;
  return details;
}

function evicted({ pod }: View): Verdict | undefined {
  if (pod?.status?.reason !== 'Evicted') return undefined;
  const message = pod.status.message ?? 'the kubelet gave no reason';
  return /ephemeral|emptydir/i.test(message) && !/node was low/i.test(message)
    ? { reason: 'BuildDiskFull', message: `The build wrote more than it may: ${message}` }
    : { reason: 'BuildEvicted', message: `The node ended the build: ${message}` };
}

function deadline({ pod, job }: View): Verdict | undefined {
  const late = pod?.status?.reason === 'DeadlineExceeded' || jobFailure(job) === 'DeadlineExceeded';
  return late ? { reason: 'BuildTimedOut', message: 'The build did not end before its deadline.' } : undefined;
}

function outOfMemory({ steps }: View): Verdict | undefined {
  const step = steps.find(({ status }) => status?.state?.terminated?.reason === 'OOMKilled');
  return (
    step && {
      reason: 'BuildOutOfMemory',
      message: `The step ${step.stage} needed more memory than it may have.`,
      exitCode: 137,
    }
  );
}

/** A step that was told to end did so because of its pod; what ended that is found by the rules after this one. */
function toldByStep(view: View): Verdict | undefined {
  const told = toldFailure(view);
  return told && told.reason !== 'BuildCancelled' ? { reason: told.reason, message: told.message } : undefined;
}

function nodeGone({ pod }: View): Verdict | undefined {
  const why = disruptionOf(pod) ?? (pod?.metadata.deletionTimestamp && 'the build pod was deleted');
  return why === undefined
    ? undefined
    : { reason: 'BuildEvicted', message: `The build was taken off its node: ${why}` };
}

function disruptionOf(pod: Pod | undefined): string | undefined {
  const disrupted = pod?.status?.conditions?.find(
    ({ type, status }) => type === 'DisruptionTarget' && status === 'True',
  );
  if (disrupted !== undefined) return disrupted.message ?? disrupted.reason ?? 'no reason is given';
  return pod?.status?.reason === 'NodeLost' ? 'the node does not answer' : undefined;
}

function killed(view: View): Verdict | undefined {
  const step = stoppedStep(view);
  const exitCode = step?.status?.state?.terminated?.exitCode;
  if (step === undefined || exitCode === undefined) return undefined;
  const detail = step.status?.state?.terminated?.reason ?? 'Error';
  const message = `The step ${step.stage} ended without a result (exit code ${exitCode}, ${detail}); look at the build pod.`;
  return { reason: 'BuilderUnavailable', message, exitCode: Math.min(exitCode, 255) };
}

/** Not ErrImagePull: the kubelet tries again by itself before it says BackOff. */
const hopeless: ReadonlySet<string> = new Set([
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerError',
  'CreateContainerConfigError',
]);

function builderImage({ steps }: View): Verdict | undefined {
  const waiting = steps.map(({ status }) => status?.state?.waiting).find((state) => hopeless.has(state?.reason ?? ''));
  if (waiting === undefined) return undefined;
  return {
    reason: 'BuilderUnavailable',
    message: `The builder cannot start (${waiting.reason}): ${waiting.message ?? ''}`,
  };
}

function podGone({ pod, job }: View): Verdict | undefined {
  if (pod !== undefined || jobFailure(job) === undefined) return undefined;
  return { reason: 'BuildEvicted', message: 'The build pod is gone; its node went away, or somebody deleted it.' };
}

function jobFailure(job: Job | undefined): string | undefined {
  const failed = job?.status?.conditions?.find(({ type, status }) => type === 'Failed' && status === 'True');
  return failed && (failed.reason ?? 'Failed');
}

function stoppedStep({ steps }: View): StepStatus | undefined {
  return steps.find(({ status }) => (status?.state?.terminated?.exitCode ?? 0) !== 0);
}

function toldFailure({ steps }: View): StepFailure | undefined {
  for (const { status } of steps) {
    const result = parseResult(status?.state?.terminated?.message);
    if (result?.ok === false) return result;
  }
  return undefined;
}
