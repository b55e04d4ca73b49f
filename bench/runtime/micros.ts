/** Microseconds since the epoch of a time in the audit log; Date keeps milliseconds. */
export function micros(stamp: string): number {
  const fraction = /\.(\d{1,6})/.exec(stamp)?.[1] ?? '';
  return Math.floor(Date.parse(stamp) / 1000) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}
