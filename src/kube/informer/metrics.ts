import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../seams/clock.ts';
import type { InformerCache } from './informer-cache.ts';

type Entry = InformerCache['all'][number];
type Sample = [labels: Record<string, string>, value: number];

interface Definition {
  name: string;
  help: string;
  labels?: string[];
  samples: (entry: Entry, clock: Clock) => Sample[];
}

const counters: readonly Definition[] = [
  {
    name: 'kube_informer_syncs_total',
    help: 'Complete lists, the first one included.',
    samples: ({ informer }) => [[{}, informer.stats.syncs]],
  },
  {
    name: 'kube_informer_requests_total',
    help: 'Requests by kind: watchList, list or watch.',
    labels: ['request'],
    samples: ({ informer }) => perLabel('request', informer.stats.requests),
  },
  {
    name: 'kube_informer_failures_total',
    help: 'Failed lists and watches by reason; Expired is HTTP 410.',
    labels: ['reason'],
    samples: ({ informer }) => perLabel('reason', informer.stats.failures),
  },
  {
    name: 'kube_informer_broken_watches_total',
    help: 'Watches whose connection broke after they had worked.',
    samples: ({ informer }) => [[{}, informer.stats.broken]],
  },
  {
    name: 'kube_informer_events_total',
    help: 'Changes that reached the store.',
    samples: ({ informer }) => [[{}, informer.stats.events]],
  },
  {
    name: 'kube_informer_bookmarks_total',
    help: 'Bookmarks.',
    samples: ({ informer }) => [[{}, informer.stats.bookmarks]],
  },
  {
    name: 'kube_informer_skipped_events_total',
    help: 'Events that were not newer than the store.',
    samples: ({ informer }) => [[{}, informer.stats.skipped]],
  },
  {
    name: 'kube_informer_anomalies_total',
    help: 'Events that do not fit the store, so that others before them must have been lost.',
    samples: ({ informer }) => [[{}, informer.stats.anomalies]],
  },
  {
    name: 'kube_informer_handler_errors_total',
    help: 'What handlers, index functions and transforms have thrown.',
    samples: ({ informer }) => [[{}, informer.handlerErrors]],
  },
];

const gauges: readonly Definition[] = [
  {
    name: 'kube_informer_objects',
    help: 'Objects in the store.',
    samples: ({ informer }) => [[{}, informer.store.size]],
  },
  {
    name: 'kube_informer_synced',
    help: '1 when the store was filled once.',
    samples: ({ informer }) => [[{}, Number(informer.hasSynced())]],
  },
  {
    name: 'kube_informer_connected',
    help: '1 while a watch is open or a list is read.',
    samples: ({ informer }) => [[{}, Number(informer.stats.connected)]],
  },
  {
    name: 'kube_informer_last_event_age_seconds',
    help: 'Since the last change or list reached the store.',
    samples: ({ informer }, clock) => age(informer.stats.lastEventAt, clock),
  },
  {
    name: 'kube_informer_last_byte_age_seconds',
    help: 'Since the server sent anything at all; above 150 on an open watch the connection is dead.',
    samples: ({ informer }, clock) => age(informer.stats.lastByteAt, clock),
  },
  {
    name: 'kube_informer_resource_version',
    help: 'Version of the store; exact up to 2^53.',
    samples: ({ informer }) => versionSample(informer.resourceVersion),
  },
];

/** Registers the health of every informer. The numbers are read when someone scrapes; counting costs nothing before. */
export function registerInformerMetrics(cache: InformerCache, registry: Registry, clock: Clock): void {
  for (const definition of counters) {
    const counter = new Counter({
      ...head(definition),
      collect() {
        this.reset();
        for (const [labels, value] of samplesOf(definition, cache, clock)) this.inc(labels, value);
      },
    });
    registry.registerMetric(counter);
  }
  for (const definition of gauges) {
    const gauge = new Gauge({
      ...head(definition),
      collect() {
        this.reset();
        for (const [labels, value] of samplesOf(definition, cache, clock)) this.set(labels, value);
      },
    });
    registry.registerMetric(gauge);
  }
}

function head({ name, help, labels = [] }: Definition) {
  return { name, help, labelNames: ['informer', ...labels], registers: [] };
}

function samplesOf(definition: Definition, cache: InformerCache, clock: Clock): Sample[] {
  return cache.all.flatMap((entry) =>
    definition.samples(entry, clock).map(([labels, value]): Sample => [{ informer: entry.name, ...labels }, value]),
  );
}

function perLabel(label: string, numbers: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(numbers).map(([value, number]) => [{ [label]: value }, number]);
}

function age(at: number | undefined, clock: Clock): Sample[] {
  return at === undefined ? [] : [[{}, (clock.monotonic() - at) / 1000]];
}

function versionSample(version: string | undefined): Sample[] {
  return version === undefined ? [] : [[{}, Number(version)]];
}
