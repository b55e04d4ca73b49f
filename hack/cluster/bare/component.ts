import type { Binaries } from '../build/builder.ts';
import type { Cluster } from './cluster.ts';

/** One process of a cluster, described once: how to start it, how to know that it works, what it waits for. */
export interface Component {
  readonly name: string;
  /** Name of its binary in the cache; `node` is the one that runs this. */
  readonly binary: string;
  readonly args: (cluster: Cluster, binaries: Binaries) => readonly string[];
  /** Returns when the process does its work, throws why it does not. */
  readonly check: (cluster: Cluster) => Promise<void>;
  /** Components that must be healthy before this one starts. */
  readonly needs: readonly string[];
  readonly env?: (cluster: Cluster, binaries: Binaries) => Readonly<Record<string, string>>;
  /** Done each time before the process starts, when what it needs is healthy. */
  readonly prepare?: (cluster: Cluster, binaries: Binaries) => Promise<void>;
  /** What others find it at, for `status`. */
  readonly address?: (cluster: Cluster) => string;
}

/** `--name=value` for every entry; Kubernetes, etcd and most others read that form. */
export function flags(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
