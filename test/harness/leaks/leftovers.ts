import type { Client } from '../../../src/kube/client/client.ts';
import type { StoredObject } from '../../../src/kube/object/object.ts';
import { until } from '../../support/until.ts';
import { inventory } from './objects.ts';
import { markProcesses } from './processes.ts';

export interface LeftoverOptions {
  client: Client;
  /** Whose objects count, where a cluster is shared. Default: all that are new. */
  counts?: (object: StoredObject) => boolean;
}

export interface Leftovers {
  /** Throws with names when, after `deadlineMs`, something is left. Default 30 s: deletion takes its time. */
  expectNone(deadlineMs?: number): Promise<void>;
}

/** Notes at the start of a suite what is there; at its end there may be no process, pod, namespace, Job, ... more. */
export async function watchForLeftovers({ client, counts = () => true }: LeftoverOptions): Promise<Leftovers> {
  const before = await inventory(client);
  const processes = markProcesses();
  const left = async () => {
    const now = await inventory(client);
    const surplus = [...now].filter(([uid, { object }]) => !before.has(uid) && counts(object));
    return [...surplus.map(([, { name }]) => name), ...(await processes.alive())];
  };
  return {
    async expectNone(deadlineMs = 30_000) {
      let names: string[] = [];
      try {
        await until(async () => (names = await left()).length === 0, { deadlineMs, everyMs: 200 });
      } catch (error) {
        if (names.length === 0) throw error;
        throw new Error(`left behind after ${deadlineMs} ms:\n${names.map((name) => `  ${name}`).join('\n')}`, {
          cause: error,
        });
      } finally {
        processes.unmark();
      }
    },
  };
}
