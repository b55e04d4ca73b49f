interface NaiveEntry {
  key: string;
  priority: number;
  order: number;
  /** Undefined once it is ready. */
  readyAt: number | undefined;
}

/** What the work queue promises, written without a thought about speed: one list, sorted whenever somebody asks. */
export class NaiveQueue {
  readonly held = new Set<string>();
  private readonly entries: NaiveEntry[] = [];
  private order = 0;
  private time = 0;

  get length(): number {
    return this.entries.filter((entry) => entry.readyAt === undefined).length;
  }

  depths(): Map<number, number> {
    const depths = new Map<number, number>();
    for (const { readyAt, priority } of this.entries) {
      if (readyAt === undefined) depths.set(priority, (depths.get(priority) ?? 0) + 1);
    }
    return depths;
  }

  add(key: string, priority: number, afterMs: number): void {
    const readyAt = afterMs > 0 ? this.time + afterMs : undefined;
    const existing = this.entries.find((entry) => entry.key === key);
    if (existing === undefined) {
      this.entries.push({ key, priority, order: this.order++, readyAt });
      return;
    }
    if (priority > existing.priority) Object.assign(existing, { priority, order: this.order++ });
    if (existing.readyAt === undefined) return;
    if (readyAt === undefined) Object.assign(existing, { readyAt, order: this.order++ });
    else existing.readyAt = Math.min(existing.readyAt, readyAt);
  }

  take(): { key: string; priority: number } | undefined {
    const takable = this.entries.filter(({ key, readyAt }) => readyAt === undefined && !this.held.has(key));
    const [best] = takable.toSorted(byPriority);
    if (best === undefined) return undefined;
    this.entries.splice(this.entries.indexOf(best), 1);
    this.held.add(best.key);
    return { key: best.key, priority: best.priority };
  }

  done(key: string): void {
    this.held.delete(key);
  }

  advance(ms: number): void {
    this.time += ms;
    const due = this.entries.filter(({ readyAt }) => readyAt !== undefined && readyAt <= this.time);
    const inOrder = due.toSorted((a, b) => (a.readyAt ?? 0) - (b.readyAt ?? 0) || byPriority(a, b));
    for (const entry of inOrder) Object.assign(entry, { readyAt: undefined, order: this.order++ });
  }
}

function byPriority(a: NaiveEntry, b: NaiveEntry): number {
  return b.priority - a.priority || a.order - b.order;
}
