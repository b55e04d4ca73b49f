import { Counter, Gauge, type Registry } from 'prom-client';

/** client-go's names. The status starts at 0, so that "nobody leads" can be told from "no data". */
export class LeaderMetrics {
  private readonly status: Gauge<'name'>;
  private readonly slowPaths: Counter<'name'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.status = new Gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process holds the lease: 1 when it leads, 0 when it stands by',
      labelNames: ['name'],
      registers,
    });
    this.slowPaths = new Counter({
      name: 'leader_election_slowpath_total',
      help: 'Renewals that had to read the lease first',
      labelNames: ['name'],
      registers,
    });
  }

  leading(name: string, isLeader: boolean): void {
    this.status.set({ name }, isLeader ? 1 : 0);
  }

  slowPath(name: string): void {
    this.slowPaths.inc({ name });
  }
}
