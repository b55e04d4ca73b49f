import assert from 'node:assert/strict';
import type { Registry } from 'prom-client';
import type { WorkQueue } from '../../src/kube/workqueue/workqueue.ts';
import type { ManualClock } from '../../src/seams/manual-clock.ts';
import { NaiveQueue } from './naive-queue.ts';
import { aQueue, takeNow } from './work-queue.ts';

export type QueueStep =
  | { act: 'add'; key: string; priority: number; afterMs: number }
  | { act: 'take' }
  | { act: 'done'; key: string }
  | { act: 'wait'; ms: number };

/** The real queue and the naive one, side by side. */
export class QueuePair {
  readonly real: WorkQueue;
  readonly clock: ManualClock;
  readonly naive = new NaiveQueue();
  /** Keys that were added and not taken since. */
  readonly owed = new Set<string>();
  readonly registry: Registry;

  constructor() {
    const { queue, clock, registry } = aQueue();
    this.real = queue;
    this.clock = clock;
    this.registry = registry;
  }

  async run(step: QueueStep): Promise<void> {
    if (step.act === 'add') this.add(step);
    if (step.act === 'take') await this.take();
    if (step.act === 'done') this.done(step.key);
    if (step.act === 'wait') await this.wait(step.ms);
    assert.equal(this.real.length, this.naive.length);
    assert.deepEqual(this.real.depths(), this.naive.depths());
  }

  async take(): Promise<boolean> {
    const wasHeld = new Set(this.naive.held);
    const expected = this.naive.take();
    const taken = expected === undefined ? undefined : await takeNow(this.real);
    assert.deepEqual(taken, expected);
    assert.equal(wasHeld.has(taken?.key ?? ''), false, 'a key went to two workers');
    this.owed.delete(taken?.key ?? '');
    return taken !== undefined;
  }

  async wait(ms: number): Promise<void> {
    await this.clock.advance(ms);
    this.naive.advance(ms);
  }

  /** Works until nothing is left. */
  async finish(): Promise<void> {
    await this.wait(1000);
    for (const key of this.naive.held) this.done(key);
    while (await this.take()) for (const key of this.naive.held) this.done(key);
  }

  private add({ key, priority, afterMs }: { key: string; priority: number; afterMs: number }): void {
    this.owed.add(key);
    this.real.add(key, { priority, afterMs });
    this.naive.add(key, priority, afterMs);
  }

  private done(key: string): void {
    this.real.done(key);
    this.naive.done(key);
  }
}
