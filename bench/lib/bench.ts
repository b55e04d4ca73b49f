import type { Clock } from '../../src/seams/clock.ts';

/** One figure of one run. Without a peer the bar is held against our own figure. */
export interface Sample {
  ours: number;
  peer?: number;
}

export interface Bar {
  /** `ratio` is ours divided by the peer's; `ours` is the figure itself. */
  of: 'ratio' | 'ours';
  atMost?: number;
  atLeast?: number;
}

export interface Row {
  number: number;
  work: string;
  unit: string;
  bar: Bar;
  /** Default: those of the benchmark. */
  runs?: number;
  /** Measures both sides once, on the same server, one right after the other. */
  measure(run: RunInfo): Promise<Sample>;
}

export interface RunInfo {
  clock: Clock;
  /** Less work per run: shows that the benchmark works, says little about the figure. */
  quick: boolean;
  /** 0 for the first run; alternate the order of the sides with it, so that neither always runs warm. */
  index: number;
}

export interface Bench {
  name: string;
  /** Who the peer is, with its version: the head of the table. */
  peer: string;
  /** Default 5; the median is reported, with the range. */
  runs?: number;
  rows: readonly Row[];
  /** Starts what all rows need; what it returns is called at the end, whatever happened. */
  setUp?(run: Omit<RunInfo, 'index'>): Promise<() => Promise<void>>;
}

export interface RowResult {
  number: number;
  work: string;
  unit: string;
  ours: number;
  peer?: number;
  ratio?: number;
  /** Smallest and largest of the runs: of the ratio with a peer, of our figure without. */
  range: readonly [number, number];
  runs: number;
  bar: string;
  met: boolean;
}

/** `onResult` is told of each row as it ends: a failure of a later one must not take it away. */
export async function runBench(
  bench: Bench,
  { clock, quick }: Omit<RunInfo, 'index'>,
  onResult?: (result: RowResult) => void,
): Promise<RowResult[]> {
  const tearDown = await bench.setUp?.({ clock, quick });
  try {
    const results: RowResult[] = [];
    for (const row of bench.rows) {
      const samples: Sample[] = [];
      const runs = quick ? 1 : (row.runs ?? bench.runs ?? 5);
      for (let index = 0; index < runs; index++) samples.push(await row.measure({ clock, quick, index }));
      const result = judge(row, samples);
      onResult?.(result);
      results.push(result);
    }
    return results;
  } finally {
    await tearDown?.();
  }
}

/** The ratio is the median of the runs' ratios, not the ratio of medians: both sides of a run saw the same noise. */
export function judge(row: Row, samples: readonly Sample[]): RowResult {
  const ours = median(samples.map((sample) => sample.ours));
  const peers = samples.flatMap((sample) => (sample.peer === undefined ? [] : [sample.peer]));
  // Nothing divided by nothing says nothing: a peer that measured 0 gives no ratio.
  const ratios = samples.flatMap(({ ours, peer }) => (peer === undefined || peer === 0 ? [] : [ours / peer]));
  const judged = row.bar.of === 'ratio' ? ratios : samples.map((sample) => sample.ours);
  if (judged.length === 0)
    throw new Error(`row ${row.number} has a bar on the ratio, but no run gave a figure of the peer`);
  const ranged = ratios.length > 0 ? ratios : judged;
  return {
    number: row.number,
    work: row.work,
    unit: row.unit,
    ours,
    ...(peers.length > 0 ? { peer: median(peers) } : {}),
    ...(ratios.length > 0 ? { ratio: median(ratios) } : {}),
    range: [Math.min(...ranged), Math.max(...ranged)],
    runs: samples.length,
    bar: describeBar(row.bar, row.unit),
    met: meets(row.bar, median(judged)),
  };
}

function meets({ atMost = Infinity, atLeast = -Infinity }: Bar, figure: number): boolean {
  return figure <= atMost && figure >= atLeast;
}

function describeBar({ of, atMost, atLeast }: Bar, unit: string): string {
  const suffix = of === 'ratio' ? 'x' : ` ${unit}`;
  const parts = [];
  if (atLeast !== undefined) parts.push(`>= ${atLeast}${suffix}`);
  if (atMost !== undefined) parts.push(`<= ${atMost}${suffix}`);
  return parts.join(', ');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
