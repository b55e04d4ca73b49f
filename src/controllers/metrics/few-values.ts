/** Instead of one value more than a label may have. */
export const otherValue = 'other';

/** Lets the first `limit` values of a label through: users choose them, and each one costs a series for ever. */
export function fewValues(limit: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= limit) return otherValue;
    known.add(value);
    return value;
  };
}
