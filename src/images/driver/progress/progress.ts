import type { Pod } from '../../../objects/core.ts';
import type { Job } from '../../../objects/workloads.ts';
import { type Built, type Pushed, parseResult } from '../../steps/result/result.ts';
import { type BuildProgress, type Succeeded, stageMessages } from '../driver.ts';
import { failureOf } from './failures.ts';
import { type StepStatus, stagesOf, stagesSoFar, stepsOf } from './stages.ts';

/**
 * How far a try has come. Read from the containers' statuses: the Job's own conditions come seconds later, and say less.
 */
export function progressOf(job: Job | undefined, pod: Pod | undefined): BuildProgress {
  if (job === undefined && pod === undefined) return { state: 'Absent' };
  const steps = stepsOf(pod);
  return succeeded(steps) ?? failureOf({ job, pod, steps }) ?? running(pod, steps);
}

function succeeded(steps: readonly StepStatus[]): Succeeded | undefined {
  const results = steps.map(({ status }) => parseResult(status?.state?.terminated?.message));
  const pushed = results.find((result): result is Pushed => result?.ok === true && result.stage === 'Push');
  const exit = steps.find(({ stage }) => stage === 'Push')?.status?.state?.terminated?.exitCode;
  if (pushed === undefined || exit !== 0) return undefined;
  const built = results.find((result): result is Built => result?.ok === true && result.stage === 'Build');
  const { digest, sizeBytes, platforms } = pushed;
  return {
    state: 'Succeeded',
    stages: stagesOf(steps),
    digest,
    sizeBytes,
    platforms,
    dockerfile: built?.dockerfile,
    plan: built?.plan,
    cachedSteps: built?.cachedSteps,
    totalSteps: built?.totalSteps,
  };
}

function running(pod: Pod | undefined, steps: readonly StepStatus[]): BuildProgress {
  const current = steps.find(({ status }) => status?.state?.terminated?.exitCode !== 0) ?? steps.at(-1);
  const stage = current?.stage ?? 'Clone';
  return {
    state: 'Running',
    stage,
    stages: stagesSoFar(steps, stage),
    message: hindrance(pod) ?? stageMessages[stage],
  };
}

function hindrance(pod: Pod | undefined): string | undefined {
  const scheduled = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return `No node takes the build pod yet: ${scheduled.message ?? scheduled.reason ?? 'no reason is given'}`;
}
