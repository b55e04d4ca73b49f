import { KubeError } from '../errors/errors.ts';
import type { KubeObject } from '../object/object.ts';
import { type Resource, resourceName } from '../object/resource.ts';
import type { Client, ListOptions, Stored } from './client.ts';

export interface ListAllOptions extends Omit<ListOptions, 'continue'> {
  /** More than that is an error, so that a namespace out of control cannot end the process. Default 100,000. */
  maxObjects?: number;
}

const defaultPage = 500;
const defaultMaxObjects = 100_000;

/**
 * Every object of a collection, fetched page by page while the caller works through them. All pages show one version.
 * The server forgets that version after some minutes: it then fails with Gone, and a slow caller has to start again.
 */
export async function* listAll<T extends KubeObject>(
  client: Pick<Client, 'list'>,
  resource: Resource<T>,
  { maxObjects = defaultMaxObjects, limit = defaultPage, ...options }: ListAllOptions = {},
): AsyncGenerator<Stored<T>> {
  let seen = 0;
  let next: string | undefined;
  do {
    const { metadata, items } = await client.list(resource, pageOptions({ ...options, limit }, next));
    seen += items.length;
    if (seen > maxObjects) throw tooMany(resource, maxObjects);
    yield* items;
    next = metadata.continue || undefined;
  } while (next !== undefined);
}

/** A continue token carries its version: the server refuses both together. */
function pageOptions(options: ListOptions, next: string | undefined): ListOptions {
  if (next === undefined) return options;
  const { resourceVersion: _version, resourceVersionMatch: _match, ...rest } = options;
  return { ...rest, continue: next };
}

function tooMany(resource: Resource, maxObjects: number): KubeError {
  const detail = `there are more than ${maxObjects}; narrow the selector or raise maxObjects`;
  return new KubeError({ code: 'Unsupported', attempted: `list ${resourceName(resource)}`, detail });
}
