import {
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type Registry,
} from 'prom-client';

/** Buckets of client-go, so that dashboards made for Go operators fit. */
const durationBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

export type Purpose = 'calls' | 'streams';

export interface RequestLabels {
  method: string;
  host: string;
}

export interface TransportMetrics {
  /** `code` is the status, or `<error>` when there was no answer. */
  requestDone(labels: RequestLabels, code: string, seconds: number): void;
  retried(labels: RequestLabels, code: string): void;
  inFlight(purpose: Purpose, change: 1 | -1): void;
  connectionOpened(purpose: Purpose, protocol: 'h1' | 'h2'): void;
  connectionClosed(purpose: Purpose): void;
}

const silent: TransportMetrics = {
  requestDone: () => undefined,
  retried: () => undefined,
  inFlight: () => undefined,
  connectionOpened: () => undefined,
  connectionClosed: () => undefined,
};

/** Two transports may share a registry: they then share the metrics. */
export function transportMetrics(registry: Registry | undefined): TransportMetrics {
  if (!registry) return silent;
  const requests = counter(registry, {
    name: 'rest_client_requests_total',
    help: 'Requests to the API server, by status code, method and host.',
    labelNames: ['code', 'method', 'host'],
  });
  const retries = counter(registry, {
    name: 'rest_client_request_retries_total',
    help: 'Requests tried again, by status code, verb and host.',
    labelNames: ['code', 'verb', 'host'],
  });
  const opened = counter(registry, {
    name: 'rest_client_connections_opened_total',
    help: 'Connections opened to the API server.',
    labelNames: ['purpose', 'protocol'],
  });
  const open = gauge(registry, {
    name: 'rest_client_open_connections',
    help: 'Connections to the API server that are open now.',
    labelNames: ['purpose'],
  });
  const inFlight = gauge(registry, {
    name: 'rest_client_in_flight_requests',
    help: 'Requests and streams under way or waiting for a connection.',
    labelNames: ['purpose'],
  });
  const duration = durationHistogram(registry);
  return {
    requestDone({ method, host }, code, seconds) {
      requests.inc({ code, method, host });
      duration.observe({ verb: method, host }, seconds);
    },
    retried: ({ method, host }, code) => retries.inc({ code, verb: method, host }),
    inFlight: (purpose, change) => inFlight.inc({ purpose }, change),
    connectionOpened(purpose, protocol) {
      opened.inc({ purpose, protocol });
      open.inc({ purpose });
    },
    connectionClosed: (purpose) => open.dec({ purpose }),
  };
}

function counter<L extends string>(registry: Registry, configuration: CounterConfiguration<L>): Counter<L> {
  const existing = registry.getSingleMetric(configuration.name) as Counter<L> | undefined;
  return existing ?? new Counter({ ...configuration, registers: [registry] });
}

function gauge<L extends string>(registry: Registry, configuration: GaugeConfiguration<L>): Gauge<L> {
  const existing = registry.getSingleMetric(configuration.name) as Gauge<L> | undefined;
  return existing ?? new Gauge({ ...configuration, registers: [registry] });
}

function durationHistogram(registry: Registry): Histogram<'verb' | 'host'> {
  const name = 'rest_client_request_duration_seconds';
  const existing = registry.getSingleMetric(name) as Histogram<'verb' | 'host'> | undefined;
  return (
    existing ??
    new Histogram({
      name,
      help: 'Time from sending a request to its answer; for a stream, to its headers. Retries included.',
      labelNames: ['verb', 'host'],
      buckets: durationBuckets,
      registers: [registry],
    })
  );
}
