import type { CounterName, HistogramName } from './definitions.ts';

/** What one change of an object adds to one metric. */
export interface Observation {
  readonly name: CounterName | HistogramName;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds, or how many. Absent: the series is to exist, so that its first increase can be seen. */
  readonly value?: number;
}

export function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
