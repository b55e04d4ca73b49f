import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { type KubeObject, Lru, type Stored } from '../../../kube/index.ts';
import type { Clock } from '../../../seams/clock.ts';
import { settingsOf } from '../settings.ts';

const remembered = { maxEntries: 20_000, ttlMs: 3_600_000 };

/**
 * For how long Services have been there. A Service is seen here before its endpoints are written, and long before a Gateway
 * has read them: a route that led to it at once would be answered with errors.
 */
export class Settling {
  private readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  private readonly since: Lru<number>;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.clock = clock;
    this.since = new Lru({ clock, ...remembered });
  }

  /** Milliseconds until a route may lead to it: by what this process saw, or by its age, where another one saw it come. */
  waitMs({ metadata }: Stored<KubeObject>, deployment: Deployment): number {
    const now = this.clock.monotonic();
    const since = this.since.get(metadata.uid) ?? now;
    if (since === now) this.since.set(metadata.uid, now);
    const made = Date.parse(metadata.creationTimestamp ?? '');
    const age = Number.isNaN(made) ? 0 : this.clock.now() - made;
    return Math.max(0, settingsOf(deployment).drainSeconds * 1000 - Math.max(now - since, age));
  }
}
