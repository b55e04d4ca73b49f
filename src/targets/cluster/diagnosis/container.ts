import type { Stored } from '../../../kube/index.ts';
import type { Pod } from '../../../objects/core.ts';
import type { Diagnosis } from './diagnosis.ts';
import { lastLines, shortened } from './text.ts';

type Status = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

/** After that time of running without a right answer it is worth a word. */
const patienceMs = 15_000;

const pullReasons = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'RegistryUnavailable']);

export function diagnoseContainer({ status = {} }: Stored<Pod>, now: number): Diagnosis[] {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status;
  const waiting = conditions.find(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable');
  const unscheduled = waiting?.status === 'False' ? [unschedulable(waiting.message)] : [];
  const containers = [...initContainerStatuses, ...containerStatuses];
  return [...unscheduled, ...containers.flatMap((container) => diagnosed(container, now) ?? [])];
}

function diagnosed(container: ContainerStatus, now: number): Diagnosis | undefined {
  return notStarted(container) ?? ended(container) ?? unanswered(container, now);
}

function unschedulable(message = ''): Diagnosis {
  return { reason: 'Unschedulable', message: `no node takes a replica: ${shortened(message)}` };
}

function notStarted({ name, state }: ContainerStatus): Diagnosis | undefined {
  const { reason = '', message = '' } = state?.waiting ?? {};
  const said = shortened(message);
  if (reason === 'InvalidImageName') {
    return { reason: 'ImagePullFailed', message: `the name of the image is not valid: ${said}`, final: true };
  }
  if (pullReasons.has(reason)) return { reason: 'ImagePullFailed', message: `a node cannot pull the image: ${said}` };
  if (reason !== 'CreateContainerConfigError') return undefined;
  if (message.includes('runAsNonRoot')) return { reason: 'ImageRunsAsRoot', message: `container ${name}: ${said}` };
  return { reason: 'ConfigurationMissing', message: `container ${name} cannot start: ${said}` };
}

function ended(container: ContainerStatus): Diagnosis | undefined {
  const { name, state, lastState } = container;
  const end = state?.terminated ?? lastState?.terminated;
  if (end === undefined || !failedToStay(container, end.exitCode)) return undefined;
  if (end.reason === 'OOMKilled') {
    return { reason: 'OutOfMemory', message: `container ${name} uses more memory than it may and is killed` };
  }
  const said = lastLines(end.message ?? '');
  const how = `container ${name} ends with exit code ${end.exitCode} soon after its start`;
  return { reason: 'CrashLoop', message: said === '' ? how : `${how}: ${said}` };
}

/** An app that ends without an error is no app either; an init container that does so is one that is done. */
function failedToStay({ ready, restartCount, state }: ContainerStatus, exitCode: number): boolean {
  if (ready) return false;
  return exitCode !== 0 || restartCount > 0 || state?.waiting?.reason === 'CrashLoopBackOff';
}

function unanswered({ name, ready, state }: ContainerStatus, now: number): Diagnosis | undefined {
  const since = state?.running?.startedAt;
  if (ready || since === undefined || now - Date.parse(since) < patienceMs) return undefined;
  return { reason: 'ProbeFailed', message: `container ${name} runs and does not answer its health question` };
}
