import type { Client, Stored } from '../../src/kube/client/client.ts';
import { isKubeError } from '../../src/kube/errors/errors.ts';
import { type Pod, pods } from '../../src/objects/core.ts';
import { sleep } from '../../src/seams/clock.ts';
import { systemClock } from '../../src/seams/system.ts';

/** Hollow nodes start every pod; it serves when this is True. */
export const door = 'vish.dev/door';

export interface Doors {
  /** Pods of this namespace come to serve from now on, those that wait and those that follow. */
  open(namespace: string): void;
  /** New pods wait; those that serve go on. */
  close(namespace: string): void;
  stop(): Promise<void>;
}

const everyMs = 200;

/** Lets a test say when pods are ready, so that a rollout stands still in its middle for as long as a test wants. */
export function startDoors(client: Client): Doors {
  const opened = new Set<string>();
  const stopping = new AbortController();
  const watching = letIn(client, opened, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    open: (namespace) => void opened.add(namespace),
    close: (namespace) => void opened.delete(namespace),
    stop() {
      stopping.abort(new Error('the doors are stopped'));
      return watching;
    },
  };
}

async function letIn(client: Client, opened: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const waiting = (namespace: string) => waitingIn(client, namespace);
    const found = (await Promise.all([...opened].map(waiting))).flat();
    await Promise.all(found.map((pod) => openFor(client, pod)));
    await sleep(systemClock, everyMs, signal);
  }
}

async function waitingIn(client: Client, namespace: string): Promise<Stored<Pod>[]> {
  const all = await client.list(pods, { namespace }).catch(unlessAway);
  return (all?.items ?? []).filter(isWaiting);
}

function isWaiting({ metadata, status }: Stored<Pod>): boolean {
  if (metadata.deletionTimestamp !== undefined || status?.phase !== 'Running') return false;
  return !status.conditions?.some(({ type }) => type === door);
}

async function openFor(client: Client, { metadata: { name, namespace = '' } }: Stored<Pod>): Promise<void> {
  const status = { conditions: [{ type: door, status: 'True' }] };
  const how = { type: 'strategic', subresource: 'status' } as const;
  await client.patch(pods, { namespace, name }, { status }, how).catch(unlessAway);
}

/** The server comes back, a pod that is gone does not matter, and a change is seen by the next round. */
function unlessAway(error: unknown): undefined {
  if (!isKubeError(error)) throw error;
}
