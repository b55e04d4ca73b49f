import type { Registry } from 'prom-client';

/** One sample of a registry as a scrape would show it; undefined when there is none with these labels. */
export async function sample(registry: Registry, name: string, labels: Record<string, string> = {}) {
  const metrics = await registry.getMetricsAsJSON();
  const named = metrics.flatMap((metric) =>
    (metric.values as Sample[]).filter((value) => (value.metricName ?? metric.name) === name),
  );
  const matching = named.filter((value) =>
    Object.entries(labels).every(([label, wanted]) => String(value.labels[label]) === wanted),
  );
  if (matching.length > 1) throw new Error(`${matching.length} samples are called ${name}: name more labels`);
  return matching[0]?.value;
}

interface Sample {
  metricName?: string;
  labels: Record<string, string | number>;
  value: number;
}
