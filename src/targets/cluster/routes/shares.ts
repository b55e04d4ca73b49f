import type { BackendRef, Route } from '../../../objects/routes.ts';

/** Names of the two Services of a Deployment that a route of the user divides traffic between. */
export interface Pair {
  /** Leads to the release that serves. */
  readonly stable: string;
  /** Leads to the release that comes. */
  readonly next: string;
}

interface Backend {
  readonly index: number;
  readonly weight: number;
}

/** One rule of a route that leads to the Deployment. */
export interface Division {
  readonly rule: number;
  readonly stable: Backend;
  readonly next: Backend;
}

export interface Divisions {
  readonly complete: readonly Division[];
  /** Rules that name one of the two and not the other, or one of them twice. */
  readonly incomplete: readonly number[];
}

/** Where a route leads to the Deployment. Rules that lead elsewhere are not ours to look at. */
export function divisionsOf(route: Route, pair: Pair): Divisions {
  const rules = (route.spec.rules ?? []).map(({ backendRefs = [] }, rule) => {
    const named = (name: string) =>
      backendRefs.flatMap((ref, index) => (isService(ref, name, route) ? [{ index, weight: ref.weight ?? 1 }] : []));
    return { rule, stable: named(pair.stable), next: named(pair.next) };
  });
  const ours = rules.filter(({ stable, next }) => stable.length + next.length > 0);
  const complete = ours.flatMap(({ rule, stable: [stable, ...more], next: [next, ...others] }) =>
    stable !== undefined && next !== undefined && more.length + others.length === 0 ? [{ rule, stable, next }] : [],
  );
  const known = new Set(complete.map(({ rule }) => rule));
  return { complete, incomplete: ours.map(({ rule }) => rule).filter((rule) => !known.has(rule)) };
}

function isService({ group = '', kind = 'Service', name, namespace }: BackendRef, wanted: string, route: Route) {
  const isHere = namespace === undefined || namespace === route.metadata.namespace;
  return group === '' && kind === 'Service' && name === wanted && isHere;
}

/** Percent of the traffic that each rule gives to the release that comes. */
export function sharesOf(divisions: readonly Division[]): number[] {
  return divisions.map(({ stable, next }) => {
    const total = stable.weight + next.weight;
    return total === 0 ? 0 : Math.round((100 * next.weight) / total);
  });
}

/**
 * One number for all rules. While they differ it is neither nothing nor all: a sync that set one of them back must not let a
 * release end that still gets requests by another.
 */
export function shareOf(shares: readonly number[]): number {
  const [first = 0] = shares;
  if (shares.every((share) => share === first)) return first;
  const mean = shares.reduce((total, share) => total + share, 0) / shares.length;
  return Math.min(99, Math.max(1, Math.round(mean)));
}
