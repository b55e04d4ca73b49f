import { Lru } from '../../kube/lru/lru.ts';
import type { Clock } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import { SourceError } from '../errors.ts';
import { repositoryAddress } from '../git/repository.ts';
import type { RefRequest, Resolved } from '../resolve-ref.ts';
import { Followed, type Look } from './followed.ts';
import type { FollowerMetrics } from './metrics.ts';
import type { Wake } from './wakes.ts';

export interface FollowerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: FollowerMetrics;
  /** Asks the git host. */
  readonly resolve: (request: RefRequest) => Promise<Resolved>;
  /** Refs that are remembered; one more forgets the one that was asked for longest ago. Default 10 000. */
  readonly maxRefs?: number;
}

export interface FollowRequest extends RefRequest {
  /** How long an answer is good for. */
  readonly pollMs: number;
  /** See `wakesOf`. One that was not seen yet asks the host at once. */
  readonly wakes?: readonly Wake[];
}

/** Longer than any poll, so that an entry ends by being unused. */
const rememberedMs = 48 * 3_600_000;

/**
 * Answers from memory what a ref points to, and asks the host when the answer is too old: once for all that follow the
 * same ref with the same login, however many ask. It has no timers; whoever follows a ref asks again after `nextLookMs`.
 * Nothing is stored: after a restart every ref is looked at once.
 */
export class Follower {
  private readonly options: FollowerOptions;
  private readonly refs: Lru<Followed>;
  private readonly stopping = new AbortController();

  constructor(options: FollowerOptions) {
    this.options = options;
    const { clock, maxRefs = 10_000 } = options;
    this.refs = new Lru({ clock, maxEntries: maxRefs, ttlMs: rememberedMs });
  }

  /** Rejects only when the signal aborts or the follower stops; why a host gave no answer stands in the Look. */
  async look(request: FollowRequest): Promise<Look> {
    const followed = this.followed(request);
    followed.hear(request.wakes ?? []);
    // Twice, because a wish may have come while the first look was under way.
    for (let turn = 0; turn < 2 && followed.isDue(request.pollMs); turn++) await this.looked(followed, request);
    const look = followed.look(request.pollMs);
    if (look.readAt !== undefined) this.options.metrics.answered(this.options.clock.now() - look.readAt);
    return look;
  }

  /** The next look asks the host; for a webhook that names the ref. */
  wake(request: Omit<RefRequest, 'signal'>): void {
    this.refs.get(keyOf(request))?.wake();
  }

  stop(): void {
    this.stopping.abort(new Error('the operator is stopping'));
  }

  private followed(request: FollowRequest): Followed {
    const key = keyOf(request);
    const followed = this.refs.get(key) ?? new Followed(this.options.clock);
    this.refs.set(key, followed);
    return followed;
  }

  /** Waits for the look under way, or starts one. It goes on when the one who asked gives up: others wait for it. */
  private looked(followed: Followed, request: FollowRequest): Promise<void> {
    followed.running ??= this.poll(followed, request).finally(() => {
      followed.running = undefined;
    });
    return orAborted(followed.running, request.signal);
  }

  private async poll(followed: Followed, request: FollowRequest): Promise<void> {
    const { resolve, random, metrics } = this.options;
    followed.begin();
    try {
      const resolved = await resolve({ ...request, signal: this.stopping.signal });
      followed.succeeded(resolved, random.next());
      metrics.polled('Ok');
    } catch (error) {
      if (!(error instanceof SourceError)) {
        followed.wake();
        throw error;
      }
      followed.failed(error, random.next());
      metrics.polled(error.reason);
    }
  }
}

/** Two ways of writing one address are one; what cannot be read is refused when it is asked for. */
function keyOf({ url, ref, credentials }: Omit<RefRequest, 'signal'>): string {
  const { branch, tag, commit } = ref;
  return JSON.stringify([canonical(url), branch, tag, commit, credentials?.identity]);
}

function canonical(url: string): string {
  try {
    const { id, ssh, url: asked } = repositoryAddress(url);
    // Of two ways of writing an ssh address a plain host may make two repositories.
    return ssh === undefined ? id : asked;
  } catch {
    return url;
  }
}

async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
