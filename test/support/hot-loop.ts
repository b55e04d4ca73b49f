import assert from 'node:assert/strict';
import type { Reconcile } from '../../src/kube/controller/reconcile.ts';

export interface HotLoopOptions {
  /** What a key's runs may depend on, for example the resourceVersion of its object. */
  versionOf: (key: string) => unknown;
  /** More runs than this at one version are a hot loop. Default 5: a few failures with back-off are no loop. */
  maxRuns?: number;
}

/** Finds keys that are reconciled again and again although nothing changed. */
export class HotLoopDetector {
  private readonly options: HotLoopOptions;
  private readonly runs = new Map<string, { version: unknown; count: number }>();
  private readonly worst = new Map<string, number>();

  constructor(options: HotLoopOptions) {
    this.options = options;
  }

  watch(reconcile: Reconcile): Reconcile {
    return (key, context) => {
      this.count(context.key);
      return reconcile(key, context);
    };
  }

  /** Fails and names the keys that ran too often. */
  check(): void {
    const { maxRuns = 5 } = this.options;
    const hot = [...this.worst].filter(([, count]) => count > maxRuns);
    assert.deepEqual(hot, [], `more than ${maxRuns} runs of a key without a change`);
  }

  private count(key: string): void {
    const version = this.options.versionOf(key);
    const last = this.runs.get(key);
    const count = last !== undefined && Object.is(last.version, version) ? last.count + 1 : 1;
    this.runs.set(key, { version, count });
    this.worst.set(key, Math.max(count, this.worst.get(key) ?? 0));
  }
}
