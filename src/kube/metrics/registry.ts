import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface Build {
  version: string;
  commit: string;
}

/**
 * The registry of one process, with node's own metrics (memory, event loop, garbage collection) and what was built.
 * Never prom-client's global one: two managers in one process, as in tests, would mix their figures.
 */
export function createRegistry({ version, commit }: Build): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const help = 'Always 1; the labels say what runs';
  const labels = { version, commit, node: process.version };
  const info = new Gauge({ name: 'vish_build_info', help, labelNames: Object.keys(labels), registers: [registry] });
  info.set(labels, 1);
  return registry;
}
