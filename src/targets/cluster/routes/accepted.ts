import type { ParentRef, Route, RouteParent } from '../../../objects/routes.ts';
import type { Entrance } from '../../target.ts';
import type { RouteKind } from '../children/route.ts';

/** Of the words of a Gateway controller. */
const longest = 400;

const needed = ['Accepted', 'ResolvedRefs'] as const;

/** What keeps requests from coming in by this route; undefined when every Gateway that it names has taken it as it is now. */
export function notAccepted(kind: RouteKind, route: Route): Entrance | undefined {
  const name = `${kind} ${route.metadata.name}`;
  const parents = route.spec.parentRefs ?? [];
  const problem =
    parents.length === 0
      ? 'names no Gateway in parentRefs'
      : parents.map((parent) => problemWith(route, parent)).find((each) => each !== undefined);
  return problem === undefined ? undefined : { reason: 'RouteNotReady', message: `${name} ${problem}.` };
}

function problemWith(route: Route, parent: ParentRef): string | undefined {
  const said = (route.status?.parents ?? []).filter((each) => isSame(each.parentRef, parent, route));
  const where = `Gateway ${parent.name}`;
  if (said.length === 0) return `has no answer from ${where} yet: check parentRefs, and that a controller serves it`;
  // Of two controllers that answer for one Gateway it is enough that one serves it.
  const problems = said.map((each) => problemIn(route, each));
  return problems.includes(undefined) ? undefined : `is not served by ${where}: ${problems[0]}`;
}

function problemIn({ metadata: { generation = 0 } }: Route, { conditions = [] }: RouteParent): string | undefined {
  for (const type of needed) {
    const found = conditions.find((condition) => condition.type === type);
    if (found === undefined || (found.observedGeneration ?? generation) < generation) {
      return `it has not told ${type} for the newest change yet`;
    }
    const { status, reason = 'Unknown', message = '' } = found;
    if (status !== 'True') return `${type} is ${status}, ${reason}: ${message.slice(0, longest)}`;
  }
  return undefined;
}

function isSame(a: ParentRef, b: ParentRef, { metadata: { namespace } }: Route): boolean {
  const key = (ref: ParentRef) =>
    [ref.kind ?? 'Gateway', ref.namespace ?? namespace, ref.name, ref.sectionName ?? '', ref.port ?? ''].join('/');
  return key(a) === key(b);
}
