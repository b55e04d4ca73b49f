import { KubeError } from '../errors/errors.ts';
import type { ObjectKey } from '../object/key.ts';
import type { Resource } from '../object/resource.ts';

/** Where a resource stands on the server: `/apis/apps/v1/namespaces/shop/replicasets`. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`;
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${segment(resource, namespace)}` : '';
  return `${root}${scope}/${resource.plural}`;
}

export function objectPath(resource: Resource, { namespace, name }: ObjectKey, subresource?: string): string {
  if (resource.namespaced && !namespace) throw refused(resource, `${name} needs a namespace: the kind is namespaced`);
  const path = `${collectionPath(resource, namespace)}/${segment(resource, name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

export type QueryValue = string | number | boolean | undefined;

export function withQuery(path: string, query: Readonly<Record<string, QueryValue>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.append(name, String(value));
  }
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

/** An empty name would address the whole collection, and a slash or dots another object. */
function segment(resource: Resource, name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name)) {
    throw refused(resource, `${JSON.stringify(name)} cannot be a name in a path`);
  }
  return encodeURIComponent(name);
}

function refused(resource: Resource, detail: string): KubeError {
  return new KubeError({ code: 'Invalid', attempted: `address ${resource.plural}`, detail });
}
