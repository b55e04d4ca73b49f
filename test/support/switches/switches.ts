import { type Clock, sleep } from '../../../src/seams/clock.ts';
import type { Random } from '../../../src/seams/random.ts';

export interface SwitchOptions {
  /** Names of the apps; each has one release at a time. */
  readonly apps: readonly string[];
  readonly count: number;
  /** Resolves when one may begin before which so many were begun. Default: at once. */
  readonly pace?: (begun: number) => Promise<void>;
  /** How many apps change at the same time. */
  readonly atOnce: number;
  readonly random: Random;
  /** Resolves when the release is live; `version` counts from 1 for each app. */
  readonly release: (app: string, version: number) => Promise<unknown>;
  readonly onSwitched?: ((app: string, version: number) => void) | undefined;
}

/** Every app in turn, in an order by chance, so that each gets its share. */
export async function switchAtRandom({ apps, count, pace, atOnce, random, release, onSwitched }: SwitchOptions) {
  const versions = new Map<string, number>();
  const busy = new Set<string>();
  let begun = 0;
  const next = (): string | undefined => {
    const idle = apps.filter((app) => !busy.has(app));
    const least = Math.min(...idle.map((app) => versions.get(app) ?? 0));
    const behind = idle.filter((app) => (versions.get(app) ?? 0) === least);
    return behind[Math.floor(random.next() * behind.length)];
  };
  const lane = async () => {
    while (begun < count) {
      const app = next();
      if (app === undefined) return;
      busy.add(app);
      const turn = begun++;
      await pace?.(turn);
      const version = (versions.get(app) ?? 0) + 1;
      versions.set(app, version);
      await release(app, version);
      onSwitched?.(app, version);
      busy.delete(app);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

export interface Killing {
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds from one kill to the next, by chance between the two. */
  readonly between: readonly [number, number];
  /** Ends what runs, at once, and starts it again. */
  readonly kill: () => Promise<void>;
}

/** Until `leave`, which says how often. */
export function killAtRandom({ clock, random, between: [least, most], kill }: Killing): { leave(): Promise<number> } {
  const leaving = new AbortController();
  let kills = 0;
  const killing = (async () => {
    while (!leaving.signal.aborted) {
      await sleep(clock, least + random.next() * (most - least), leaving.signal).catch(() => undefined);
      if (leaving.signal.aborted) return;
      await kill();
      kills++;
    }
  })();
  return {
    async leave() {
      leaving.abort();
      await killing;
      return kills;
    },
  };
}
