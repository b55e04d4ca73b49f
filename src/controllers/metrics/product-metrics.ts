import { Counter, Histogram, type Registry } from 'prom-client';
import { counters, histograms } from './definitions.ts';
import { fewValues } from './few-values.ts';
import type { Observation } from './observation.ts';

/** More environments than that are one: their names are users' choice. */
const mostEnvironments = 16;

type Instrument = (labels: Record<string, string>, value: number | undefined) => void;

/** Counters and histograms of what happens to releases and builds. */
export class ProductMetrics {
  private readonly instruments: ReadonlyMap<string, Instrument>;
  private readonly environment = fewValues(mostEnvironments);

  constructor(registry: Registry) {
    this.instruments = new Map([...countersIn(registry), ...histogramsIn(registry)]);
  }

  take(observations: readonly Observation[]): void {
    for (const { name, labels, value } of observations) this.instruments.get(name)?.(this.bounded(labels), value);
  }

  private bounded(labels: Observation['labels']): Record<string, string> {
    const { environment, ...others } = labels;
    return environment === undefined ? others : { ...others, environment: this.environment(environment) };
  }
}

function countersIn(registry: Registry): [string, Instrument][] {
  return Object.entries(counters).map(([name, { help, labels }]) => {
    const counter = new Counter({ name, help, labelNames: [...labels], registers: [registry] });
    return [name, (labels, value = 0) => counter.inc(labels, value)];
  });
}

function histogramsIn(registry: Registry): [string, Instrument][] {
  return Object.entries(histograms).map(([name, { help, labels, buckets }]) => {
    const options = { name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] };
    const histogram = new Histogram(options);
    return [name, (labels, value) => (value === undefined ? histogram.zero(labels) : histogram.observe(labels, value))];
  });
}
