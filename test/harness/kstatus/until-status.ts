import type { Client } from '../../../src/kube/client/client.ts';
import { formatKey, type ObjectKey } from '../../../src/kube/object/key.ts';
import type { Resource } from '../../../src/kube/object/resource.ts';
import { until } from '../../support/until.ts';
import { type Computed, compute } from './compute.ts';
import type { Observed } from './version.ts';

export interface UntilStatusOptions {
  client: Pick<Client, 'get'>;
  resource: Resource<Observed>;
  key: ObjectKey;
  /** Default 60 s. */
  deadlineMs?: number;
}

/** Waits as Flux and `helm --wait` do, and like them ends early when the object says that it failed. */
export async function untilStatus(wanted: Computed['status'], options: UntilStatusOptions): Promise<void> {
  const { client, resource, key, deadlineMs = 60_000 } = options;
  let last: Observed | undefined;
  const arrived = async () => {
    last = await client.get(resource, key);
    const { status, message } = compute(last);
    if (status === 'Failed' && wanted !== 'Failed') throw new Error(`${formatKey(key)} failed: ${message}`);
    // Before anybody looked at it an object counts as finished.
    return last.status !== undefined && status === wanted;
  };
  await until(arrived, {
    deadlineMs,
    everyMs: 100,
    describe: () => ({ [`${formatKey(key)} is not ${wanted}`]: last?.status }),
  });
}
