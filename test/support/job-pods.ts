import type { Client } from '../../src/kube/client/client.ts';
import { pods } from '../../src/objects/core.ts';
import { systemClock } from '../../src/seams/system.ts';
import { until } from './until.ts';

interface World {
  readonly client: Client;
  readonly namespace: string;
}

/** Hollow nodes run the pod of a Job until this ends its container. */
export async function endPod(
  { client, namespace }: World,
  labels: Readonly<Record<string, string>>,
  { code, log }: { code: number; log: string },
): Promise<void> {
  const labelSelector = Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  await until(
    async () => {
      const { items } = await client.list(pods, { namespace, labelSelector });
      const pod = items.find(({ metadata, status }) => status?.phase === 'Running' && !metadata.deletionTimestamp);
      if (pod === undefined) return false;
      const now = new Date(systemClock.now()).toISOString();
      const terminated = { exitCode: code, reason: code === 0 ? 'Completed' : 'Error', message: log, finishedAt: now };
      const [container] = pod.status?.containerStatuses ?? [];
      const containerStatuses = [{ ...container, ready: false, state: { terminated } }];
      const status = { phase: code === 0 ? 'Succeeded' : 'Failed', containerStatuses };
      const key = { namespace, name: pod.metadata.name };
      await client.patch(pods, key, { status }, { type: 'merge', subresource: 'status' });
      return true;
    },
    { deadlineMs: 20_000 },
  );
}
