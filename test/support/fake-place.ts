import type { SummaryReason } from '../../src/crds/reasons/reasons.ts';
import type { Release } from '../../src/rollout/release.ts';
import {
  type Capabilities,
  type Intent,
  type Observation,
  type Scope,
  type Side,
  type Step,
  type Target,
  TargetError,
} from '../../src/targets/target.ts';

/** A place in memory: replicas that run at once, or never. It outlives the operator, as a real one does. */
export class FakePlace {
  /** Replicas by release number. */
  readonly running = new Map<number, number>();
  readonly known = new Set<number>();
  /** Images and numbers of releases whose replicas start and never serve. */
  readonly broken = new Set<number | string>();
  readonly calls: string[] = [];
  /** What somebody else has put here. */
  foreign: 'in the way' | 'in its place' | undefined;
  reachable = true;
  /** Why the place refuses to prepare; undefined when it does not. */
  refusal: { reason: SummaryReason; message: string } | undefined;

  sides(): Side[] {
    return [...this.running]
      .filter(([, replicas]) => replicas > 0)
      .map(([release, replicas]) => this.side(release, replicas));
  }

  set(release: number, replicas: number): void {
    this.known.add(release);
    this.running.set(release, replicas);
  }

  count(release: number): number {
    return this.running.get(release) ?? 0;
  }

  private side(release: number, replicas: number): Side {
    const ready = this.broken.has(release) ? 0 : replicas;
    return { release, replicas, ready, available: ready };
  }
}

const retryAfterMs = 20;

/** A target for tests of those who use targets. It keeps the contract; what real places do beyond that it does not know. */
export class FakeTarget implements Target {
  readonly capabilities: Capabilities;
  private readonly place: FakePlace;

  constructor(place: FakePlace, capabilities: Partial<Capabilities> = {}) {
    this.place = place;
    const all = {
      strategies: ['Rolling', 'Recreate'],
      warmPrevious: false,
      weights: false,
      configuration: true,
      commands: false,
    } as const;
    this.capabilities = { ...all, ...capabilities };
  }

  render({ image, configuration, restartedAt }: Parameters<Target['render']>[0]): unknown {
    return { image, configuration, restartedAt };
  }

  async prepare(_: Scope, { release, strategy }: Intent): Promise<Step> {
    this.called('prepare', release);
    const { strategies } = this.capabilities;
    if (!strategies.includes(strategy.type)) throw new TargetError('Unsupported', `use ${strategies.join(' or ')}`);
    if (this.place.foreign === 'in the way') throw new TargetError('ForeignOwner', 'somebody else is there');
    if (this.place.refusal) throw new TargetError(this.place.refusal.reason, this.place.refusal.message);
    if (this.place.broken.has(release.image)) this.place.broken.add(release.number);
    return { done: true };
  }

  async advance(_: Scope, intent: Intent): Promise<Step> {
    this.called('advance', intent.release);
    this.mustAnswer();
    if (intent.paused && intent.from) this.place.set(intent.from.number, intent.replicas);
    else this.step(intent);
    return isThere(intent, this.place) ? { done: true } : { done: false, retryAfterMs };
  }

  async observe(_: Scope, intent: Intent): Promise<Observation> {
    if (!this.place.reachable) {
      return {
        outcome: 'Unknown',
        reason: 'TargetUnreachable',
        message: 'no answer',
        sides: [],
        progress: '',
        available: false,
      };
    }
    const sides = this.place.sides();
    const ready = sides.reduce((sum, side) => sum + side.ready, 0);
    const message = `${ready} of ${intent.replicas} replicas are ready.`;
    const available = sides.length > 0 ? ready >= intent.replicas : intent.replicas === 0;
    const seen = { message, sides, progress: JSON.stringify(sides), available };
    const rest = { url: 'http://fake', selector: `vish.dev/fake=${intent.replicas > 0}` };
    if (this.place.foreign === 'in its place') return { outcome: 'Superseded', ...seen, ...rest };
    if (isThere(intent, this.place)) return { outcome: 'Succeeded', ...seen, ...rest };
    const isBroken = this.place.broken.has(intent.release.number) && this.place.count(intent.release.number) > 0;
    return { outcome: 'Running', ...seen, ...rest, ...(isBroken ? { reason: 'CrashLoop' as const } : {}) };
  }

  async forget(_: Scope, releases: readonly Release[]): Promise<Step> {
    for (const release of releases) {
      this.called('forget', release);
      this.place.running.delete(release.number);
      this.place.known.delete(release.number);
    }
    return { done: true };
  }

  async remove(): Promise<Step> {
    this.place.calls.push('remove');
    this.mustAnswer();
    this.place.running.clear();
    this.place.known.clear();
    return { done: true };
  }

  private mustAnswer(): void {
    if (!this.place.reachable) throw new TargetError('TargetUnreachable', 'no answer');
  }

  private called(what: string, { number }: Release): void {
    this.place.calls.push(`${what} ${number}`);
  }

  /** One replica more of the wanted release, and as many less of the others as are too many. */
  private step({ release, from, others, replicas, strategy }: Intent): void {
    const { place } = this;
    for (const other of others) place.running.delete(other.number);
    if (strategy.type === 'Recreate' && from) place.running.delete(from.number);
    place.set(release.number, Math.min(replicas, place.count(release.number) + 1));
    const ready = place.broken.has(release.number) ? 0 : place.count(release.number);
    if (from) place.running.set(from.number, Math.min(place.count(from.number), Math.max(0, replicas - ready)));
  }
}

function isThere({ release, replicas }: Intent, place: FakePlace): boolean {
  const sides = place.sides();
  const alone = sides.every((side) => side.release === release.number && side.ready === replicas);
  return alone && place.known.has(release.number) && (replicas === 0 || sides.length === 1);
}
