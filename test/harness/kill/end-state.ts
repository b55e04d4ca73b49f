import type { Client } from '../../../src/kube/client/client.ts';
import type { KubeObject, StoredObject } from '../../../src/kube/object/object.ts';
import { type Resource, resourceName } from '../../../src/kube/object/resource.ts';
import { objectsOf } from '../objects-of.ts';
import { effectOf, type Write } from './writes.ts';

/** What two runs must have in common: lines, so that a difference can be read. */
export type EndState = readonly string[];

export interface EndStateOptions {
  client: Client;
  /** The namespace of the run; all that it holds of `resources` counts. */
  namespace: string;
  resources: readonly Resource[];
  /** Objects outside the namespace that belong to the run too, such as those in a build namespace. Default none. */
  alsoIn?: { namespace: string; belongs: (object: StoredObject) => boolean };
  /** Which part of an object is compared. Default: labels, spec, data, status. */
  fields?: (object: KubeObject) => unknown;
}

/** Every object of the run, without what no two runs share: names made by chance, UIDs, versions, times, addresses. */
export async function endStateOf(options: EndStateOptions): Promise<EndState> {
  const { client, namespace, resources, alsoIn, fields = usualFields } = options;
  const lines: string[] = [];
  for (const resource of resources) {
    const objects = await objectsOf(client, resource, { namespace });
    if (alsoIn) {
      const others = await objectsOf(client, resource, { namespace: alsoIn.namespace });
      objects.push(...others.filter(alsoIn.belongs));
    }
    for (const object of objects) {
      const text = JSON.stringify(sorted(fields(object)));
      lines.push(normalise(`${resourceName(resource)} ${object.metadata.name} ${text}`, namespace));
    }
  }
  return lines.sort();
}

/** How often each object was created and deleted: a repeated attempt that the server refused did nothing. */
export function effectsOf(writes: readonly Write[], namespace: string): EndState {
  const counted = writes.flatMap((write) => {
    const effect = effectOf(write);
    return effect === 'create' || effect === 'delete' ? [`${effect} ${normalise(write.path, namespace)}`] : [];
  });
  return [...Map.groupBy(counted, (line) => line)].map(([line, { length }]) => `${line} x${length}`).sort();
}

/** What one run has and the other has not, as a diff shows it. */
export function differences(clean: EndState, other: EndState): string[] {
  return [...surplus(clean, other).map((line) => `- ${line}`), ...surplus(other, clean).map((line) => `+ ${line}`)];
}

function surplus(of: EndState, over: EndState): string[] {
  const left = [...over];
  return of.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** What the operator writes: what Kubernetes' own controllers say of their objects is theirs. */
export function ownFields(object: KubeObject): unknown {
  const { metadata, ...rest } = object as KubeObject & Record<'spec' | 'data' | 'status', unknown>;
  const isOurs = object.apiVersion?.startsWith('vish.dev/') ?? false;
  return { labels: metadata.labels, spec: rest.spec, data: rest.data, ...(isOurs && { status: rest.status }) };
}

function usualFields(object: KubeObject): unknown {
  const { spec, data, status } = object as KubeObject & { spec?: unknown; data?: unknown; status?: unknown };
  return { labels: object.metadata.labels, spec, data, status };
}

const byChance: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\b\d{1,3}(\.\d{1,3}){3}\b/g, 'ADDRESS'],
  [/"(resourceVersion|generation|observedGeneration|uid)":("[^"]*"|\d+),?/g, ''],
  // Hashes, and what the API server hangs on a generateName. Its alphabet has no vowels, so that no word looks like it.
  [/-[0-9a-f]{8,64}\b/g, '-HASH'],
  [/-[bcdfghjklmnpqrstvwxz2456789]{5,10}\b/g, '-CHANCE'],
];

export function normalise(text: string, namespace: string): string {
  return byChance.reduce((so, [pattern, word]) => so.replace(pattern, word), text.replaceAll(namespace, 'NAMESPACE'));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
