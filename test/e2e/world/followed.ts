import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import type { Stored } from '../../../src/kube/client/client.ts';
import { deployments } from '../../../src/objects/vish.ts';
import { until } from '../../support/until.ts';
import { type Address, ask } from './visitor.ts';
import type { World } from './world.ts';

/** A Deployment as people see it and act on it, whoever made it. */
export interface Followed {
  readonly name: string;
  read(): Promise<Stored<Deployment>>;
  /** The other fields stay. */
  annotate(values: Record<string, string | null>): Promise<void>;
  until(holds: (deployment: Stored<Deployment>) => boolean, deadlineMs?: number): Promise<Stored<Deployment>>;
}

export function followIn({ namespace, api: { client } }: World, name: string): Followed {
  const key = { namespace, name };
  const read = () => client.get(deployments, key);
  return {
    name,
    read,
    async annotate(values) {
      await client.patch(deployments, key, { metadata: { annotations: values } }, { type: 'merge' });
    },
    async until(holds, deadlineMs = 60_000) {
      let last: Stored<Deployment> | undefined;
      const describe = () => `${name}: ${holds.toString()}; ${JSON.stringify(last?.status)}`;
      const look = async () => holds((last = await read()));
      await until(look, { deadlineMs, everyMs: 300, describe });
      return last as Stored<Deployment>;
    },
  };
}

/** What users see. The data plane is later than the API. */
export function untilHeard(version: string, address: Address): Promise<void> {
  let last = '';
  const describe = () => `${address.host ?? address.url} says "${version}", not "${last}"`;
  const look = async () => (last = (await ask(address)).said).includes(version);
  return until(look, { everyMs: 100, deadlineMs: 20_000, describe });
}
