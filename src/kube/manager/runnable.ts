/** Something that runs as long as the process: a server, a cache, a controller. */
export interface Runnable {
  /** Shown in logs and errors. */
  readonly name: string;
  /** True for what must run in one replica only. */
  readonly needsLeadership: boolean;
  /**
   * Runs until `signal` aborts, then ends what is under way and resolves. It may resolve earlier when it has nothing
   * left to do. A rejection stops the manager.
   */
  start(signal: AbortSignal): Promise<void>;
  /**
   * Resolves when what starts later may rely on it: a server listens, a cache was filled once. For a runnable that
   * needs leadership this is its warm-up: it runs before leadership and may only read. Default: ready at once.
   */
  ready?(signal: AbortSignal): Promise<void>;
}

/** In the order in which they start; they stop in reverse. */
export const stages = ['server', 'cache', 'worker', 'leader'] as const;
export type Stage = (typeof stages)[number];
