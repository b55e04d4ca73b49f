import type { Pod } from '../../../objects/core.ts';
import type { StageTime, WorkStage } from '../driver.ts';

export type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

export const stageOf: Readonly<Record<string, WorkStage>> = { clone: 'Clone', build: 'Build', push: 'Push' };

export interface StepStatus {
  readonly stage: WorkStage;
  readonly status: ContainerStatus | undefined;
}

/** The steps in their order, with what the kubelet says of each. */
export function stepsOf(pod: Pod | undefined): StepStatus[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod?.status ?? {};
  const all = [...initContainerStatuses, ...containerStatuses];
  return Object.entries(stageOf).map(([name, stage]) => ({
    stage,
    status: all.find((status) => status.name === name),
  }));
}

export function stagesOf(steps: readonly StepStatus[]): StageTime[] {
  return steps.flatMap(({ stage, status }) => {
    const { running, terminated } = status?.state ?? {};
    const startedAt = running?.startedAt ?? terminated?.startedAt;
    if (!startedAt) return [];
    return [
      { name: stage, startedAt, ...(terminated?.finishedAt && { seconds: between(startedAt, terminated.finishedAt) }) },
    ];
  });
}

/** With the step that is about to start: it counts from the end of the one before. */
export function stagesSoFar(steps: readonly StepStatus[], current: WorkStage): StageTime[] {
  const known = stagesOf(steps);
  const ends = steps.map(({ status }) => status?.state?.terminated?.finishedAt).filter((end) => end !== undefined);
  const startedAt = ends.at(-1);
  if (startedAt === undefined || known.some(({ name }) => name === current)) return known;
  return [...known, { name: current, startedAt }];
}

function between(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}
