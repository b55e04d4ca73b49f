import { group, version } from '../../src/crds/kind/kind.ts';
import { kinds } from '../../src/crds/kinds.ts';
import type { Resource } from '../../src/kube/object/resource.ts';
import { namespacedResource } from '../../src/objects/wire.ts';

/** Every kind of ours, whether it is built already or not. */
export const ownKinds: readonly Resource[] = kinds.map(({ kind, plural }) =>
  namespacedResource(group, version, kind, plural),
);

/** Kinds that sum up in one word. */
export const kindsWithState: ReadonlySet<string> = new Set(
  kinds.filter(({ columns }) => columns.some(({ path }) => path === '.status.state')).map(({ kind }) => kind),
);
