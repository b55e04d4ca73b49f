import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import { apiVersionOf, type Resource } from '../object/resource.ts';
import type { RawObject } from './raw-object.ts';

/** Drops what nobody needs before an object is stored. It may change the object it gets. */
export type Transform<T extends KubeObject> = (object: Stored<T>) => Stored<T>;

export interface BuilderOptions<T extends KubeObject> {
  resource: Resource<T>;
  metadataOnly: boolean;
  transform: Transform<T> | undefined;
  /** Gets what the transform throws; the object is then stored as it came. */
  onTransformError: (key: string, error: unknown) => void;
}

export type ObjectBuilder<T extends KubeObject> = (raw: RawObject) => Stored<T>;

/** From text to what the store holds. Items of a list do not say of which kind they are, so it is added. */
export function objectBuilder<T extends KubeObject>(options: BuilderOptions<T>): ObjectBuilder<T> {
  const { resource, metadataOnly, transform, onTransformError } = options;
  const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  return (raw) => {
    const parsed = raw.parse() as Stored<T>;
    // A server that does not know PartialObjectMetadata must not fill the memory with what was not asked for.
    const object = metadataOnly ? ({ ...type, metadata: parsed.metadata } as Stored<T>) : parsed;
    if (object.kind === undefined || object.apiVersion === undefined) Object.assign(object, type);
    if (transform === undefined) return object;
    try {
      return transform(object);
    } catch (error) {
      onTransformError(raw.key, error);
      return object;
    }
  };
}
