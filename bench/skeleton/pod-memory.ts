import { pods } from '../../src/objects/core.ts';
import { type Clock, sleep } from '../../src/seams/clock.ts';
import type { World } from './world.ts';

const selector = { namespace: 'vish-system', labelSelector: 'app.kubernetes.io/instance=vish' };

/** Resident memory of the installed pods when nothing happens, in MiB: of the larger one, which leads. */
export async function podMemory({ api }: World, clock: Clock, idleMs: number): Promise<number> {
  await sleep(clock, idleMs);
  const { items } = await api.client.list(pods, selector);
  const figures = items.map(async ({ metadata: { namespace, name } }) => {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}:8080/proxy/metrics`;
    const { body } = await api.transport.request({ method: 'GET', path });
    const [, bytes] = /^process_resident_memory_bytes(?:\{.*\})? (\d+)/m.exec(body.toString()) ?? [];
    return Number(bytes) / 1024 / 1024;
  });
  return Math.max(...(await Promise.all(figures)));
}
