/** The end of a stage. */
export interface Moment {
  readonly stage: string;
  /** Milliseconds by a monotonic clock; undefined when it was not seen. */
  readonly at: number | undefined;
}

/** Each stage with its own time and the time since the start, in the order given. Stages may overlap: then the own time is negative. */
export function stageTable(start: number, moments: readonly Moment[]): string {
  const width = Math.max(...moments.map(({ stage }) => stage.length));
  let before = start;
  return moments
    .map(({ stage, at }) => {
      if (at === undefined) return `  ${stage.padEnd(width)}  not seen`;
      const own = at - before;
      before = at;
      return `  ${stage.padEnd(width)}  ${seconds(own)}  ${seconds(at - start)}`;
    })
    .join('\n');
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2).padStart(6)} s`;
}
