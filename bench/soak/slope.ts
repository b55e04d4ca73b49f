export interface Point {
  seconds: number;
  value: number;
}

/** Growth per hour by least squares: one high sample at the end does not make a leak, nor hide one. */
export function slopePerHour(points: readonly Point[]): number {
  const count = points.length;
  const meanX = points.reduce((sum, { seconds }) => sum + seconds, 0) / count;
  const meanY = points.reduce((sum, { value }) => sum + value, 0) / count;
  const covariance = points.reduce((sum, { seconds, value }) => sum + (seconds - meanX) * (value - meanY), 0);
  const variance = points.reduce((sum, { seconds }) => sum + (seconds - meanX) ** 2, 0);
  return variance === 0 ? 0 : (covariance / variance) * 3600;
}
