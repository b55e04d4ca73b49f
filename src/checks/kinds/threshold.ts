type Comparison = (value: number, bound: number) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '==': (value, bound) => value === bound,
  '!=': (value, bound) => value !== bound,
};

const written = /^(>=|<=|==|!=|>|<) ?(-?\d+(?:\.\d+)?)$/u;

/** Whether a condition such as '> 0.01' holds; undefined where it is not one. */
export function holds(condition: string, value: number): boolean | undefined {
  const [, sign = '', bound = ''] = written.exec(condition) ?? [];
  return comparisons[sign]?.(value, Number(bound));
}

/** Whether a value is more than so many percent above another one. */
export function exceeds(value: number, baseline: number, percent: number): boolean {
  return value > baseline + (Math.abs(baseline) * percent) / 100;
}
