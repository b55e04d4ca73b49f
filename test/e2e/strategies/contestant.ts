import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import type { Stored } from '../../../src/kube/client/client.ts';
import { configMaps } from '../../../src/objects/core.ts';
import { deployments } from '../../../src/objects/vish.ts';
import { gatewayOf, serviceIn } from '../world/addresses.ts';
import { type Followed, followIn } from '../world/followed.ts';
import type { Address } from '../world/visitor.ts';
import type { World } from '../world/world.ts';
import type { Column } from './columns.ts';
import { manifestOf, type Wish } from './manifest.ts';

/** One Deployment of one strategy, which lives through the rows of the table. */
export interface Contestant extends Followed {
  readonly column: Column;
  /** What each release says to visitors, by its number. */
  readonly words: Map<number, string>;
  addresses(): Promise<Address[]>;
  /** Another version with these changes; the rest is as usual. */
  release(change?: Partial<Wish>): Promise<void>;
  /** The last manifest with these changes. */
  change(change: Partial<Wish>): Promise<void>;
  /** Another content of its ConfigMap. */
  greet(): Promise<void>;
  remove(propagation: 'Background' | 'Foreground' | 'Orphan'): Promise<void>;
}

const usual = { way: 'straight', replicas: 2, progressDeadlineSeconds: 90, check: 'good' } as const;

export function contestantIn(world: World, { column, life }: { column: Column; life: string }): Contestant {
  const { namespace, api } = world;
  const { client } = api;
  const name = `${life}-${column.name}`;
  const followed = followIn(world, name);
  const words = new Map<number, string>();
  let [version, greeting] = [0, 0];
  let wish: Wish = { ...usual, version: '' };
  const say = async () => {
    const data = { GREETING: `hello ${greeting}` };
    await client.apply(configMaps, { metadata: { namespace, name }, data });
  };
  const apply = async () => {
    await client.apply(deployments, manifestOf({ namespace, name, column }, wish));
    note(words, await followed.until(isSeen), `${wish.version} says hello ${greeting}.`);
  };
  return {
    ...followed,
    column,
    words,
    addresses: async () => [...(column.gateway ? [gatewayOf(name)] : []), await serviceIn(world, name)],
    async release(change = {}) {
      if (version === 0) await say();
      wish = { ...usual, ...change, version: `${name} v${++version}` };
      await apply();
    },
    async change(change) {
      wish = { ...wish, ...change };
      await apply();
    },
    async greet() {
      greeting++;
      const before = newestOf(await followed.read());
      await say();
      note(words, await followed.until((now) => newestOf(now) > before), `${wish.version} says hello ${greeting}.`);
    },
    remove: (propagation) => client.delete(deployments, { namespace, name }, { propagation }),
  };
}

/** The newest release, when the status tells of one that was not there. */
function note(words: Map<number, string>, deployment: Stored<Deployment>, said: string): void {
  const number = newestOf(deployment);
  if (number > 0 && !words.has(number)) words.set(number, said);
}

export function newestOf({ status }: Deployment): number {
  return status?.history?.[0]?.number ?? 0;
}

export function isSeen({ metadata, status }: Stored<Deployment>): boolean {
  return status?.observedGeneration === metadata.generation;
}
