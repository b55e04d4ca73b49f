import type { V1ClusterRole, V1ClusterRoleBinding, V1PolicyRule } from '@kubernetes/client-node';
import type { Client } from '../../../src/kube/client/client.ts';
import { listAll } from '../../../src/kube/client/list-all.ts';
import type { Resource } from '../../../src/kube/object/resource.ts';
import { namespacedResource, type Wired } from '../../../src/objects/wire.ts';
import type { AuditEntry } from './audit-log.ts';
import { resourceOf } from './tally.ts';

type Role = Wired<V1ClusterRole>;
type Binding = Wired<V1ClusterRoleBinding>;

const rbac = 'rbac.authorization.k8s.io';
const roles = namespacedResource<Role>(rbac, 'v1', 'Role', 'roles');
const roleBindings = namespacedResource<Binding>(rbac, 'v1', 'RoleBinding', 'rolebindings');
const clusterRoles: Resource<Role> = { ...roles, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false };
const clusterRoleBindings: Resource<Binding> = {
  ...roleBindings,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};

export interface ServiceAccount {
  namespace: string;
  name: string;
}

export function userOf({ namespace, name }: ServiceAccount): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The rules that a service account has by its own bindings, cluster-wide and in namespaces. */
export async function rulesOf(client: Client, account: ServiceAccount): Promise<V1PolicyRule[]> {
  const rules: V1PolicyRule[] = [];
  for (const bindings of [clusterRoleBindings, roleBindings]) {
    for await (const { metadata, roleRef, subjects = [] } of listAll(client, bindings)) {
      const isOurs = subjects.some(
        ({ kind, name, namespace }) =>
          kind === 'ServiceAccount' && name === account.name && namespace === account.namespace,
      );
      if (!isOurs) continue;
      const { namespace = '' } = metadata;
      const { name } = roleRef;
      const isClusterRole = roleRef.kind === 'ClusterRole';
      const role = await client.get(
        isClusterRole ? clusterRoles : roles,
        isClusterRole ? { name } : { namespace, name },
      );
      rules.push(...(role.rules ?? []));
    }
  }
  return rules;
}

/** Rights that no request needed, as `deployments.apps: delete, patch`; a test that did everything should leave none. */
export function unusedRights(rules: readonly V1PolicyRule[], entries: readonly AuditEntry[]): string[] {
  const used = new Set(entries.map(({ group, resource, verb }) => [group, resource, verb].join(' ')));
  const unused = new Map<string, string[]>();
  for (const { group, resource, verb } of rules.flatMap(rightsOf)) {
    if (used.has([group, resource, verb].join(' '))) continue;
    const name = resourceOf({ group, resource });
    unused.set(name, [...(unused.get(name) ?? []), verb]);
  }
  return [...unused].map(([name, verbs]) => `${name}: ${[...new Set(verbs)].sort().join(', ')}`).sort();
}

function rightsOf({ apiGroups = [], resources = [], verbs }: V1PolicyRule) {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb }))),
  );
}
