/** One release at the place. */
export interface RecreateSide {
  readonly release: number;
  /** Asked for. */
  readonly replicas: number;
  /** Pods that exist, also those that are ending. */
  readonly pods: number;
}

export interface RecreateInput {
  readonly desired: number;
  readonly next: RecreateSide;
  readonly others: readonly RecreateSide[];
  /** Nothing moves between releases; the one that serves is still scaled. */
  readonly paused: boolean;
}

/** The next sizes where two releases must never run at the same time: all others end before the next one starts. */
export function recreateSizes({ desired, next, others, paused }: RecreateInput): ReadonlyMap<number, number> {
  const sizes = new Map([next, ...others].map(({ release, replicas }) => [release, replicas]));
  const serving = others.at(-1);
  if (paused && serving !== undefined && next.replicas === 0) return sizes.set(serving.release, desired);
  for (const { release } of others) sizes.set(release, 0);
  const someLeft = others.some(({ replicas, pods }) => replicas > 0 || pods > 0);
  return sizes.set(next.release, someLeft ? Math.min(next.replicas, desired) : desired);
}
