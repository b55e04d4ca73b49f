import type { RowResult } from './bench.ts';

const head = ['#', 'work', 'ours', 'peer', 'ratio', 'range', 'bar', ''] as const;

/** One table per benchmark, the same on a terminal and in a log. */
export function table(peer: string, results: readonly RowResult[]): string {
  const rows = [head.map(String), ...results.map(cells)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [`peer: ${peer}`, ...lines].join('\n');
}

/** One row by itself, for who watches. */
export function line(result: RowResult): string {
  return cells(result).join('  ');
}

function cells(result: RowResult): string[] {
  const { number, work, unit, ours, peer, ratio, range, runs, bar, met } = result;
  return [
    String(number),
    work,
    `${figure(ours)} ${unit}`,
    peer === undefined ? '-' : `${figure(peer)} ${unit}`,
    ratio === undefined ? '-' : `${ratio.toFixed(2)}x`,
    `${figure(range[0])} to ${figure(range[1])} (${runs} ${runs === 1 ? 'run' : 'runs'})`,
    bar,
    met ? 'met' : 'NOT MET',
  ];
}

function figure(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
