import type { InformerCache, KubeObject, Logger, Resource } from '../../../src/kube/index.ts';
import { pods } from '../../../src/objects/core.ts';
import { type Clock, sleep } from '../../../src/seams/clock.ts';
import { namespaces, networkPolicies } from './kinds.ts';
import { ruleScript, setScript } from './render.ts';
import { type Ruleset, rulesetOf } from './rules.ts';

export interface AgentOptions {
  readonly informers: Pick<InformerCache, 'informer' | 'waitForSync'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly enforce: (ruleset: Ruleset) => Promise<void>;
}

/** Changes come in bursts; the first of one is enforced at once, the others together after this. */
const pauseMs = 50;
const retryMs = 1000;
/** Somebody else's hand in the kernel's rules is mended after this at the latest. */
const repeatMs = 15_000;

/** Keeps the kernel's rules at what the objects say. Knows no history: every change means to look at all again. */
export class Agent {
  private readonly options: AgentOptions;
  private wake = Promise.withResolvers<void>();
  private trouble: string | undefined = 'nothing is enforced yet';
  private readonly read: () => Ruleset;

  constructor(options: AgentOptions) {
    this.options = options;
    const stores = {
      policies: this.watch(networkPolicies),
      pods: this.watch(pods),
      namespaces: this.watch(namespaces),
    };
    this.read = () =>
      rulesetOf({
        policies: stores.policies.list(),
        pods: stores.pods.list(),
        namespaces: stores.namespaces.list(),
      });
  }

  /** Why what the objects say is not in force; undefined when it is. */
  get problem(): string | undefined {
    return this.trouble;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.options.informers.waitForSync(signal);
    for (let known: string | undefined; !signal.aborted; ) {
      this.wake = Promise.withResolvers();
      known = await this.enforce(known);
      await this.pause(known === undefined ? retryMs : pauseMs, signal);
      if (known !== undefined && !(await this.changes(signal))) known = undefined;
    }
  }

  /** Brings the kernel to what the objects say unless it is `known` to hold that, and answers what it holds now. */
  private async enforce(known: string | undefined): Promise<string | undefined> {
    const { logger, enforce } = this.options;
    const ruleset = this.read();
    const wanted = setScript(ruleset) + ruleScript(ruleset);
    if (wanted === known) return known;
    try {
      await enforce(ruleset);
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
      logger.error({ err: error }, 'could not enforce');
      return undefined;
    }
    this.trouble = undefined;
    return wanted;
  }

  /** False when nothing changed for so long that it is time to look whether the rules still stand. */
  private async changes(signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const ended = AbortSignal.any([signal, over.signal]);
    const changed = await Promise.race([
      this.wake.promise.then(() => true),
      this.pause(repeatMs, ended).then(() => false),
    ]);
    over.abort();
    return changed;
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return sleep(this.options.clock, ms, signal).catch(() => undefined);
  }

  private watch<T extends KubeObject>(resource: Resource<T>) {
    const informer = this.options.informers.informer(resource);
    const changed = () => this.wake.resolve();
    informer.addHandler({ onAdd: changed, onUpdate: changed, onDelete: changed });
    return informer.store;
  }
}
