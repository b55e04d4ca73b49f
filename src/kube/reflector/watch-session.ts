import type { KubeObject } from '../object/object.ts';
import { compareResourceVersions } from '../object/resource-version.ts';
import { type Attempt, newInitialList } from './attempt.ts';
import { completeList } from './complete-list.ts';
import { type Failure, failureOfStatus } from './failure.ts';
import type { InitialList } from './initial-list.ts';
import { LineSplitter } from './lines.ts';
import { pause } from './pause.ts';
import type { RawObject } from './raw-object.ts';
import { type ChangeType, readEvent, type WatchEvent } from './watch-event.ts';

/** More than any object that etcd takes. */
const maxLineBytes = 16 * 1024 * 1024;

/** Takes the events of one watch into the target, from its first line until it ends or proves to be of no use. */
export class WatchSession<T extends KubeObject> {
  /** Something new came in. */
  progressed = false;
  /** Set while the initial list is being collected. */
  private initial: InitialList<T> | undefined;
  private readonly attempt: Attempt<T>;
  private readonly onSign: () => void;

  /** `onSign` is called for every sign of life. */
  constructor(attempt: Attempt<T>, onSign: () => void) {
    this.attempt = attempt;
    this.onSign = onSign;
    if (attempt.position.sync) this.initial = newInitialList(attempt);
  }

  /** The target holds all objects. */
  get synced(): boolean {
    return this.initial === undefined;
  }

  /** Resolves with what made it stop early; undefined when the stream has ended. */
  async read(body: AsyncIterable<Buffer>): Promise<Failure | undefined> {
    const lines = new LineSplitter(maxLineBytes);
    let unpaused = 0;
    for await (const chunk of body) {
      this.onSign();
      for (const line of lines.push(chunk)) {
        const failure = await this.take(readEvent(line));
        if (failure !== undefined) return failure;
        unpaused = await pause(unpaused + line.length);
      }
    }
    return undefined;
  }

  private take(event: WatchEvent): Promise<Failure | undefined> | Failure | undefined {
    if (event.type === 'ERROR') return failureOfStatus(event.status);
    if (event.type === 'BOOKMARK') return this.takeBookmark(event.version, event.initialEventsEnd);
    if (this.initial === undefined) return this.change(event.type, event.raw);
    this.initial.take(event.type, event.raw);
    return undefined;
  }

  private takeBookmark(version: string, initialEventsEnd: boolean): Promise<Failure | undefined> | undefined {
    this.attempt.stats.bookmarks++;
    if (this.initial !== undefined) return initialEventsEnd ? this.complete(this.initial, version) : undefined;
    if (!this.isNewer(version)) return undefined;
    this.attempt.target.advance(version);
    this.noteProgress();
    return undefined;
  }

  private async complete(initial: InitialList<T>, version: string): Promise<Failure | undefined> {
    const failure = await completeList(this.attempt, initial, version);
    if (failure !== undefined) return failure;
    this.initial = undefined;
    this.noteProgress();
    this.onSign();
    return undefined;
  }

  private change(type: ChangeType, raw: RawObject): Failure | undefined {
    const { target, stats, build, clock, stopAtLoss } = this.attempt;
    if (!this.isNewer(raw.version)) {
      stats.skipped++;
      return undefined;
    }
    const lost = (target.get(raw.key) !== undefined) === (type === 'ADDED');
    const object = build(raw);
    if (type === 'DELETED') target.delete(raw.key, object, raw.version);
    else target.put(raw.key, object, raw.version);
    stats.events++;
    stats.lastEventAt = clock.monotonic();
    this.noteProgress();
    if (!lost) return undefined;
    stats.anomalies++;
    if (!stopAtLoss) return undefined;
    return { reason: 'Lost', detail: `got ${type} for ${raw.key}, which does not fit what came before` };
  }

  private noteProgress(): void {
    this.progressed = true;
    this.attempt.stats.lastFailure = undefined;
  }

  private isNewer(version: string): boolean {
    const { resourceVersion } = this.attempt.target;
    return resourceVersion === undefined || compareResourceVersions(version, resourceVersion) > 0;
  }
}
