import type { Credentials } from '../connection/connection.ts';
import { createPools, type PoolOptions, type Pools, poolKey } from './pools.ts';

export interface PoolKeeperOptions extends Omit<PoolOptions, 'tls'> {
  /** Whose TLS material it is, for errors. */
  owner: string;
}

/** Holds the pools of the credential that is valid now, and lets those of the one before finish what they carry. */
export class PoolKeeper {
  private readonly options: PoolKeeperOptions;
  private current: Pools | undefined;
  private readonly retired = new Set<Pools>();
  closed = false;

  constructor(options: PoolKeeperOptions) {
    this.options = options;
  }

  acquire({ tls, headers }: Credentials): Pools {
    if (this.closed) throw new Error('the transport is closed');
    const { current } = this;
    const protocol = hasRepeatedHeader(headers) ? 'h1' : this.options.protocol;
    if (current?.key === poolKey(tls, protocol)) return current;
    const next = this.create({ tls, protocol }, current);
    if (next === current) return next;
    this.current = next;
    if (current) this.retire(current);
    return next;
  }

  async close(): Promise<void> {
    this.closed = true;
    const all = [...this.retired, ...(this.current ? [this.current] : [])];
    this.current = undefined;
    this.retired.clear();
    await Promise.all(all.map((pools) => pools.destroy()));
  }

  private create(choice: Pick<PoolOptions, 'tls' | 'protocol'>, current: Pools | undefined): Pools {
    try {
      return createPools({ ...this.options, ...choice });
    } catch (error) {
      // A rotation was caught half way: the certificate is new and the key is not. The next request looks again.
      if (current) return current;
      throw new Error(`the TLS material of ${this.options.owner} is unusable`, { cause: error });
    }
  }

  private retire(pools: Pools): void {
    this.retired.add(pools);
    void pools.retire().then(() => this.retired.delete(pools));
  }
}

/** Over HTTP/2 undici joins them with commas, and two impersonated groups would arrive as one that does not exist. */
function hasRepeatedHeader(headers: Credentials['headers']): boolean {
  return Object.values(headers).some((value) => typeof value !== 'string' && value.length > 1);
}
