const runsPerTurn = 16;

/**
 * Lets timers, sockets and probes have their turn. A reconcile that finds everything in the cache awaits nothing real,
 * so thousands of them would run in one go of the promise queue, and a lease or a probe would time out meanwhile.
 */
export class Turns {
  private runs = 0;
  private pause: Promise<void> | undefined;

  /** Called by each worker between two runs. Undefined: go on at once. */
  next(): Promise<void> | undefined {
    if (this.pause === undefined && ++this.runs >= runsPerTurn) this.pause = this.otherWork();
    return this.pause;
  }

  private async otherWork(): Promise<void> {
    this.runs = 0;
    await new Promise((resolve) => setImmediate(resolve));
    this.pause = undefined;
  }
}
