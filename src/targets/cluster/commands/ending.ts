import type { Stored } from '../../../kube/index.ts';
import type { Pod } from '../../../objects/core.ts';
import type { Job } from '../../../objects/workloads.ts';
import { diagnoseContainer } from '../diagnosis/container.ts';
import { lastLines } from '../diagnosis/text.ts';

export interface Ending {
  readonly outcome: 'Running' | 'Passed' | 'Failed';
  /** One sentence for people, with the last lines that a failed command wrote. */
  readonly message: string;
  /** Whether its container ran to an end of its own. */
  readonly ran: boolean;
}

/** How far a command has come, by its Job and the pods of it. */
export function endingOf(job: Stored<Job>, pods: readonly Stored<Pod>[], now: number): Ending {
  const ends = pods.flatMap(endOf).toSorted((a, b) => a.at - b.at);
  const ran = ends.some(({ isOwn }) => isOwn);
  if (conditionOf(job, 'Complete')) return { outcome: 'Passed', message: 'It has passed.', ran: true };
  const failed = conditionOf(job, 'Failed');
  const last = ends.at(-1);
  const waits = last === undefined ? waitsFor(pods, now) : `A try has failed. ${last.message}`;
  if (failed === undefined) return { outcome: 'Running', message: waits, ran };
  if (failed.reason === 'DeadlineExceeded') {
    const message = `It had not ended before its deadline. ${waits}`.trim();
    return { outcome: 'Failed', message, ran: false };
  }
  return { outcome: 'Failed', message: last?.message ?? `Its Job failed: ${failed.reason ?? 'no reason given'}.`, ran };
}

export function hasEnded(job: Stored<Job>): boolean {
  return (conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed')) !== undefined;
}

/** The condition, where it is True. */
function conditionOf({ status }: Job, type: string) {
  return status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

/** Why no pod of it runs, where there is a reason. */
function waitsFor(pods: readonly Stored<Pod>[], now: number): string {
  const cause = pods.flatMap((pod) => diagnoseContainer(pod, now)).find(({ reason }) => reason !== 'ProbeFailed');
  return cause === undefined ? '' : `${cause.message.charAt(0).toUpperCase()}${cause.message.slice(1)}.`;
}

interface End {
  readonly at: number;
  readonly message: string;
  /** Not one that came from a drain, an eviction or a lost node, which say nothing about the command. */
  readonly isOwn: boolean;
}

function endOf({ status }: Stored<Pod>): End[] {
  const isOwn = status?.conditions?.some((each) => each.type === 'DisruptionTarget' && each.status === 'True') !== true;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return containers.flatMap(({ name, state }) => {
    const end = state?.terminated;
    if (end === undefined || end.exitCode === 0) return [];
    const said = lastLines(end.message ?? '');
    const how =
      end.reason === 'OOMKilled' ? 'was killed for using too much memory' : `ended with exit code ${end.exitCode}`;
    const message = `Container ${name} ${how}${said === '' ? '.' : `: ${said}`}${isOwn ? '' : ' Its pod was put out of its node.'}`;
    return [{ at: Date.parse(end.finishedAt ?? '') || 0, message, isOwn }];
  });
}
