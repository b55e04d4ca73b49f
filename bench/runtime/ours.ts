import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Registry } from 'prom-client';
import { createClient } from '../../src/kube/client/create-client.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { Controller } from '../../src/kube/controller/controller.ts';
import { informerSource } from '../../src/kube/controller/informer-source.ts';
import { ownersOf } from '../../src/kube/controller/mapping.ts';
import { ControllerMetrics } from '../../src/kube/controller/metrics.ts';
import { done, type Reconcile } from '../../src/kube/controller/reconcile.ts';
import type { Source } from '../../src/kube/controller/source.ts';
import { InformerCache } from '../../src/kube/informer/informer-cache.ts';
import type { Logger } from '../../src/kube/log/logger.ts';
import type { KubeObject } from '../../src/kube/object/object.ts';
import type { Resource } from '../../src/kube/object/resource.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import { systemClock, systemRandom } from '../../src/seams/system.ts';
import { type Widget, widgets } from './widgets.ts';

/** Our side of the runtime benchmark: the same work as twin/main.go, with the same flags and the same words. */

const quiet: Logger = {
  debug() {},
  info() {},
  warn() {},
  error: (fields, text) => console.error(text, fields),
  child: () => quiet,
};
const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
const replicaSets: Resource = { ...deployments, kind: 'ReplicaSet', plural: 'replicasets' };

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    work: { type: 'string', default: 'widgets' },
    expect: { type: 'string', default: '0' },
    workers: { type: 'string', default: '10' },
    namespace: { type: 'string', default: '' },
    protocol: { type: 'string', default: 'auto' },
  },
});
const clock = systemClock;
const random = systemRandom;
const registry = new Registry();
const protocol = values.protocol === 'h1' || values.protocol === 'h2' ? values.protocol : 'auto';
const connection = await loadConnection({ clock, kubeconfig: values.kubeconfig });
const transport = createTransport({ connection, clock, random, registry, protocol, userAgent: 'bench-ours' });
const client = createClient({ transport, clock, fieldManager: 'bench' });
const cache = new InformerCache({ transport, clock, random, logger: quiet });
const stop = new AbortController();
let reconciled = 0;

function say(event: string, figures: object = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ms: clock.monotonic(), ...figures })}\n`);
}

/** Only after a full collection does the size of the heap say what is kept alive. */
function sayLiveHeap(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  say('heap', { mebibytes: process.memoryUsage().heapUsed / 2 ** 20 });
}

function count(): void {
  if (++reconciled === Number(values.expect)) say('done');
}

function widgetWork(): { sources: Source[]; reconcile: Reconcile } {
  const informer = cache.informer<Widget>(widgets, values.namespace === '' ? {} : { namespace: values.namespace });
  const reconcile: Reconcile = async (_, { key, signal }) => {
    const widget = informer.store.get(key);
    if (widget === undefined) return done;
    const { generation = 0 } = widget.metadata;
    if (widget.status?.observedGeneration !== generation) {
      const status = { observedGeneration: generation, phase: 'Done' };
      await client.updateStatus(widgets, { ...widget, status }, { signal });
    }
    count();
    return done;
  };
  return { sources: [informerSource({ name: 'widgets', informer })], reconcile };
}

function childrenWork(): { sources: Source[]; reconcile: Reconcile } {
  const parents = cache.informer<KubeObject>(deployments);
  const children = cache.informer<KubeObject>(replicaSets);
  const reconcile: Reconcile = async (_, { key }) => {
    parents.store.get(key);
    count();
    return done;
  };
  const owned = informerSource({ name: 'children', informer: children, map: ownersOf(deployments) });
  return { sources: [informerSource({ name: 'parents', informer: parents }), owned], reconcile };
}

const { sources, reconcile } = values.work === 'children' ? childrenWork() : widgetWork();
const metrics = new ControllerMetrics(registry);
const concurrency = Number(values.workers);
const controller = new Controller({
  name: 'bench',
  reconcile,
  sources,
  clock,
  random,
  log: quiet,
  metrics,
  concurrency,
});
process.on('SIGUSR2', sayLiveHeap);
say('started');
const watching = cache.run(stop.signal);
await controller.start();
process.once('SIGTERM', () => {
  void (async () => {
    await controller.stop();
    stop.abort();
    await watching;
    await transport.close();
  })();
});
