import type { Stored } from '../../../kube/index.ts';
import type { BackendRef, Route } from '../../../objects/routes.ts';
import type { Division } from './shares.ts';

interface Operation {
  readonly op: 'test' | 'add';
  readonly path: string;
  readonly value: string | number;
}

/**
 * What sets the weights of a route to `share` percent for the release that comes, or undefined when they are so. Lists of the
 * Gateway API are atomic, so places in them are named by number: the version and each name are tested first, and a route that
 * somebody changed since is refused whole. `add` sets a weight that is there as well as one that is not.
 */
export function weightPatch(
  route: Stored<Route>,
  divisions: readonly Division[],
  share: number,
): readonly Operation[] | undefined {
  const changes = divisions.flatMap(({ rule, stable, next }) => [
    ...(stable.weight === 100 - share ? [] : [{ rule, index: stable.index, weight: 100 - share }]),
    ...(next.weight === share ? [] : [{ rule, index: next.index, weight: share }]),
  ]);
  if (changes.length === 0) return undefined;
  const backend = (rule: number, index: number): BackendRef | undefined =>
    route.spec.rules?.[rule]?.backendRefs?.[index];
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: route.metadata.resourceVersion },
    ...changes.flatMap(({ rule, index, weight }): Operation[] => {
      const path = `/spec/rules/${rule}/backendRefs/${index}`;
      return [
        { op: 'test', path: `${path}/name`, value: backend(rule, index)?.name ?? '' },
        { op: 'add', path: `${path}/weight`, value: weight },
      ];
    }),
  ];
}
