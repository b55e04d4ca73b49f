import { onTestFinished } from 'vitest';
import type { Stored } from '../../../src/kube/client/client.ts';
import type { Handler } from '../../../src/kube/informer/handler.ts';
import { SharedInformer } from '../../../src/kube/informer/shared-informer.ts';
import type { Logger } from '../../../src/kube/log/logger.ts';
import { keyOf } from '../../../src/kube/object/key.ts';
import type { Resource } from '../../../src/kube/object/resource.ts';
import type { Transform } from '../../../src/kube/reflector/object-builder.ts';
import type { Scope } from '../../../src/kube/reflector/requests.ts';
import { ManualClock } from '../../../src/seams/manual-clock.ts';
import { type Content, contentOf, type Thing } from './history.ts';
import { ScriptedApi } from './scripted-api.ts';

export const things: Resource<Thing> = {
  group: 'test',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
};

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

/** Notes what it is told, and folds it to what the store should hold. Complains when a change does not fit the last one. */
export class FoldingHandler implements Handler<Thing> {
  readonly log: string[] = [];
  readonly objects = new Map<string, Stored<Thing>>();

  onAdd(object: Stored<Thing>, isInitialList: boolean): void {
    this.expectHeld(object, false);
    this.log.push(`add ${describe(object)}${isInitialList ? ' initial' : ''}`);
    this.objects.set(keyOf(object), object);
  }

  onUpdate(old: Stored<Thing>, object: Stored<Thing>): void {
    this.expectHeld(old, true);
    if (this.objects.get(keyOf(old)) !== old) this.log.push('WRONG old object');
    this.log.push(`update ${describe(old)} to ${describe(object)}`);
    this.objects.set(keyOf(object), object);
  }

  onDelete(object: Stored<Thing>): void {
    this.expectHeld(object, true);
    this.log.push(`delete ${describe(object)}`);
    this.objects.delete(keyOf(object));
  }

  get content(): Content {
    return contentOf(this.objects.values());
  }

  private expectHeld(object: Stored<Thing>, held: boolean): void {
    if (this.objects.has(keyOf(object)) !== held) this.log.push(`WRONG ${keyOf(object)}`);
  }
}

function describe({ metadata, value }: Stored<Thing>): string {
  return `${metadata.name}=${value}`;
}

export interface RigOptions {
  scope?: Scope;
  transform?: Transform<Thing>;
  logger?: Logger;
  random?: () => number;
}

/** A running informer of things on a scripted server, with a clock that stands still. Ends with the test. */
export class Rig {
  readonly api = new ScriptedApi();
  readonly clock = new ManualClock();
  readonly handler = new FoldingHandler();
  readonly informer: SharedInformer<Thing>;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor({ scope = {}, transform, logger = silentLogger, random = () => 0 }: RigOptions = {}) {
    const { api: transport, clock } = this;
    const context = { transport, clock, random: { next: random }, logger, freeze: true };
    this.informer = new SharedInformer<Thing>(context, { resource: things, scope, transform });
    this.informer.addHandler(this.handler);
  }

  async start(): Promise<this> {
    this.running = this.informer.run(this.stopping.signal);
    onTestFinished(() => this.stop());
    await this.settle();
    return this;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Lets everything happen that needs no time. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  /** Lets back-offs end: no scripted failure waits longer than this. */
  recover(): Promise<void> {
    return this.clock.advance(70_000);
  }

  get content(): Content {
    return contentOf(this.informer.store.list());
  }

  /** The requests so far, as `watchList@`, `watch@7`. */
  get requests(): string[] {
    return this.api.seen.map(({ kind, version }) => `${kind}@${version}`);
  }
}
