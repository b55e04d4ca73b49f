import { z } from 'zod';
import { validations } from './rules.ts';

/** A regular expression that Go and JavaScript read alike, and the sentence that says what to write. */
export interface Pattern {
  pattern: string;
  message: string;
}

interface TextOptions {
  min?: number;
  matches?: Pattern;
}

/**
 * A bounded string. Lengths are counted in code points, as the API server does; JavaScript's `length` would refuse
 * what the server accepts. The pattern goes to the CRD as a CEL rule, because the server's own error for `pattern`
 * shows the expression and nothing else.
 */
export function text(max: number, { min = 1, matches }: TextOptions = {}): z.ZodString {
  const expression = matches === undefined ? undefined : new RegExp(matches.pattern, 'u');
  const bounded = z
    .string()
    .refine((value) => value.length >= min, { message: `must be at least ${min} characters long` })
    .refine((value) => codePoints(value) <= max, { message: `must be at most ${max} characters long` })
    .refine((value) => expression?.test(value) ?? true, { message: matches?.message ?? '' });
  const length = min > 0 ? { minLength: min, maxLength: max } : { maxLength: max };
  if (matches === undefined) return bounded.meta(length);
  return bounded.meta({
    ...length,
    pattern: matches.pattern,
    [validations]: [{ rule: patternRule(matches.pattern), message: matches.message }],
  });
}

export function patternRule(pattern: string): string {
  return `self.matches(r'${pattern}')`;
}

function codePoints(value: string): number {
  return Array.from(value).length;
}
