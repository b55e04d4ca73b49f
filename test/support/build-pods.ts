import type { StepResult } from '../../src/images/steps/result/result.ts';
import type { Client } from '../../src/kube/client/client.ts';
import { pods } from '../../src/objects/core.ts';
import { until } from './until.ts';

export const aDigest = `sha256:${'d'.repeat(64)}`;

export const results = {
  cloned: { ok: true, stage: 'Clone', seconds: 1 },
  built: {
    ok: true,
    stage: 'Build',
    seconds: 2,
    startSeconds: 1,
    dockerfile: 'Dockerfile',
    cachedSteps: 3,
    totalSteps: 4,
  },
  pushed: { ok: true, stage: 'Push', seconds: 1, digest: aDigest, sizeBytes: 7, platforms: ['linux/amd64'] },
} as const satisfies Record<string, StepResult>;

const names = ['clone', 'build', 'push'] as const;

/** Plays the kubelet for the pod of one Build: its steps ended with these results, the next one runs. */
export async function playBuildPod(
  client: Client,
  { namespace, uid }: { namespace: string; uid: string },
  ended: readonly StepResult[],
): Promise<void> {
  const name = await podNameOf(client, namespace, uid);
  const failed = ended.some(({ ok }) => !ok);
  const statuses = names.map((step, index) => statusOf(step, ended[index], index === ended.length && !failed));
  const phase = failed ? 'Failed' : ended.length === names.length ? 'Succeeded' : 'Running';
  const status = { phase, initContainerStatuses: statuses.slice(0, 2), containerStatuses: statuses.slice(2) };
  await client.patch(pods, { namespace, name }, { status }, { type: 'merge', subresource: 'status' });
}

async function podNameOf(client: Client, namespace: string, uid: string): Promise<string> {
  let name = '';
  await until(async () => {
    const { items } = await client.list(pods, { namespace, labelSelector: `vish.dev/build-uid=${uid}` });
    name = items.at(-1)?.metadata.name ?? '';
    return name !== '';
  });
  return name;
}

function statusOf(name: string, result: StepResult | undefined, isNext: boolean) {
  const times = { startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:03Z' };
  const exitCode = result?.ok === true ? 0 : 1;
  const terminated = result && { ...times, exitCode, reason: 'Completed', message: JSON.stringify(result) };
  const waiting = { waiting: { reason: 'PodInitializing' } };
  const running = { running: { startedAt: times.finishedAt } };
  const state = terminated ? { terminated } : isNext ? running : waiting;
  return { name, state, image: 'i', imageID: '', ready: false, restartCount: 0, started: false };
}
