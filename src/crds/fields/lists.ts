import { z } from 'zod';

interface ListOptions {
  max: number;
  min?: number;
}

interface MapOptions extends ListOptions {
  keys?: readonly string[];
}

/** A list of named things: field managers own single entries, and two of them can each add one. */
export function listMap<S extends z.ZodType>(item: S, { max, min = 0, keys = ['name'] }: MapOptions) {
  const message = `each ${keys.join(' and ')} may stand in the list once`;
  const keyOf = (entry: unknown) => JSON.stringify(keys.map((key) => (entry as Record<string, unknown>)[key]));
  return bounded(item, { max, min })
    .refine((list) => unique(list.map(keyOf)), { message })
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
}

/** A list of different scalars without order. */
export function listSet<S extends z.ZodType>(item: S, options: ListOptions) {
  return bounded(item, options)
    .refine((list) => unique(list.map((value) => JSON.stringify(value))), { message: 'each value may stand once' })
    .meta({ 'x-kubernetes-list-type': 'set' });
}

/** A list with order that is replaced as a whole. Its items must not have defaults. */
export function atomicList<S extends z.ZodType>(item: S, options: ListOptions) {
  return bounded(item, options).meta({ 'x-kubernetes-list-type': 'atomic' });
}

function bounded<S extends z.ZodType>(item: S, { max, min = 0 }: ListOptions) {
  const list = z.array(item).max(max);
  return min > 0 ? list.min(min) : list;
}

function unique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
