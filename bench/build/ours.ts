import type { Clock } from '../../src/seams/clock.ts';
import { until } from '../../test/support/until.ts';
import { key, wake } from '../skeleton/commit.ts';
import { watchRelease } from '../skeleton/release-watch.ts';
import { stageTable } from '../skeleton/stages.ts';
import type { World } from '../skeleton/world.ts';

export interface BuildFigures {
  /** From the Build's creation to the digest in its status. */
  readonly buildSeconds: number;
  /** From the end of the push to the digest. */
  readonly commitSeconds: number;
  readonly table: string;
}

const ofBuild: ReadonlySet<string> = new Set([
  'Build made',
  'pod started',
  'cloned',
  'built',
  'pushed, digest in status',
]);

/** A commit on its way from `push` to its digest; returns when its release is live, so that the next one meets a quiet cluster. */
export async function buildOnce(
  world: World,
  clock: Clock,
  commit: string,
  push: () => Promise<unknown>,
): Promise<BuildFigures> {
  const watch = await watchRelease({ api: world.api, clock, namespace: key.namespace, commit: () => commit });
  try {
    await push();
    const pushed = clock.monotonic();
    await wake(world, commit);
    await until(() => watch.isReady(), {
      deadlineMs: 300_000,
      everyMs: 100,
      describe: `${key.name} is Ready with ${commit}`,
    });
    const moments = watch.moments().filter(({ stage }) => ofBuild.has(stage));
    const [made, digest] = [moments[0]?.at ?? Number.NaN, moments.at(-1)?.at ?? Number.NaN];
    return {
      buildSeconds: (digest - made) / 1000,
      commitSeconds: (digest - pushed) / 1000,
      table: stageTable(pushed, moments),
    };
  } finally {
    await watch.close();
  }
}
