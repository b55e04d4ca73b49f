/** What a person asked for on the command line, already parsed. */
export interface ClusterRequest {
  /** Name of the cluster; `vish` is the default one. */
  readonly name: string;
  /** Only etcd, API server and controller-manager: for tests. */
  readonly apiOnly: boolean;
  /** Hollow nodes to run on an api-only cluster; 0 for none. */
  readonly hollowNodes: number;
  /** Context of the user's own kubeconfig, when one was named. */
  readonly context?: string;
}

/** One part of a cluster as `status` shows it. */
export interface PartStatus {
  readonly name: string;
  readonly healthy: boolean;
  /** Why it is not healthy, or what it is (a version, an address). */
  readonly detail: string;
  readonly pid?: number;
}

export interface ClusterStatus {
  /** Every part that should run, does. */
  readonly healthy: boolean;
  readonly parts: readonly PartStatus[];
  /** Addresses that people and tests need, by name: `api`, `registry`, `gateway`. */
  readonly urls: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** Whether a driver can work on this machine; `why` is shown to the person either way. */
export interface Probe {
  readonly usable: boolean;
  readonly why: string;
}

export interface LogRequest {
  /** One part's log; all of them when absent. */
  readonly component?: string;
  /** Keep printing what is added, until `signal` aborts. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** Where progress and facts go: one line a call, or a line that is overwritten on a terminal. */
export interface Reporter {
  /** Whether lines can be overwritten. */
  readonly terminal: boolean;
  /** A line that stays. */
  say(line: string): void;
  /** A line that the next one replaces; dropped without a terminal. */
  progress(line: string): void;
}

/** What every way of making a cluster gets. */
export interface DriverContext {
  readonly request: ClusterRequest;
  readonly paths: ClusterPaths;
  readonly report: Reporter;
}

/** Where things of one cluster lie in the checkout. */
export interface ClusterPaths {
  /** Root of the checkout. */
  readonly checkout: string;
  /** `.vish/clusters/<name>`: everything that belongs to this cluster. */
  readonly state: string;
  /** What users put into KUBECONFIG. */
  readonly kubeconfig: string;
}

/**
 * One way to make a cluster. Every call may be repeated: `up` on a running cluster changes nothing and on a damaged
 * one repairs it, `down` on none does nothing. A driver touches only the cluster that its context names.
 */
export interface Driver {
  readonly kind: 'context' | 'kind' | 'bare';
  /** Changes nothing; answers whether `up` could make what is asked for. */
  probe(request: ClusterRequest): Promise<Probe>;
  /** Leaves a working cluster and its kubeconfig at `paths.kubeconfig`. */
  up(context: DriverContext): Promise<void>;
  /** Removes what `up` made and says what was checked. */
  down(context: DriverContext): Promise<void>;
  status(context: DriverContext): Promise<ClusterStatus>;
  /** Puts image archives (OCI layout or docker) where pods find them. */
  load(context: DriverContext, archives: readonly string[]): Promise<void>;
  logs(context: DriverContext, request: LogRequest): Promise<void>;
  /** Folders to put before PATH, so that the right kubectl is found. */
  binaries(context: DriverContext): Promise<readonly string[]>;
}
