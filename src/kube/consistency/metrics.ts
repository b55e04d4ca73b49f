import { Counter, type Registry } from 'prom-client';

/** How read-your-writes fares; one for all controllers of a registry. */
export class ConsistencyMetrics {
  readonly skips: Counter<'controller'>;
  readonly expired: Counter<'controller'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.skips = new Counter({
      name: 'kube_stale_cache_skips_total',
      help: 'How often a key was held back because the cache did not hold its last write yet.',
      labelNames: ['controller'],
      registers,
    });
    this.expired = new Counter({
      name: 'kube_stale_cache_waits_expired_total',
      help: 'Writes that were given up waiting for. Above zero, an informer is far behind or does not see the object.',
      labelNames: ['controller'],
      registers,
    });
  }
}
