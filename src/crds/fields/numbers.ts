import { z } from 'zod';

export function int32(min: number, max: number): z.ZodInt {
  return z.int().min(min).max(max).meta({ format: 'int32' });
}

/** Counters and generations. Up to the largest number that JavaScript holds exactly. */
export function int64(min = 0): z.ZodInt {
  return z.int().min(min).max(Number.MAX_SAFE_INTEGER).meta({ format: 'int64' });
}

/** A duration. Field names end in `Seconds`. */
export function seconds(min: number, max: number): z.ZodInt {
  return int32(min, max);
}

interface IntOrText {
  pattern: string;
  message: string;
  maxLength: number;
  max: number;
}

/**
 * A number or a string, as people write replicas ("25%") and CPU ("500m"). The bounds are plain keywords, each of which
 * the server applies to its half: in CEL the value has no type, so every rule over it counts as endless.
 */
function intOrText({ pattern, message, maxLength, max }: IntOrText) {
  const expression = new RegExp(pattern, 'u');
  return z
    .union([z.int(), z.string()])
    .refine(
      (value) =>
        typeof value === 'string' ? value.length <= maxLength && expression.test(value) : value >= 0 && value <= max,
      { message },
    )
    .meta({ 'x-kubernetes-int-or-string': true, pattern, maxLength, minimum: 0, maximum: max });
}

/** An amount of CPU or memory as Kubernetes writes it. */
export function quantity(example: string) {
  return intOrText({
    pattern: '^[0-9]{1,9}(\\.[0-9]{1,3})?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$',
    message: `write an amount such as ${example}`,
    maxLength: 16,
    max: 1_000_000_000,
  });
}

/** A number of replicas, or a share of them. */
export function countOrPercent() {
  return intOrText({
    pattern: '^(100|[1-9]?[0-9])%$',
    message: 'write a number such as 1, or a percentage from 0% to 100%',
    maxLength: 4,
    max: 10_000,
  });
}
