import { createHash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { canonical } from '../../../kube/index.ts';
import type { ConfigMap, Secret } from '../../../objects/core.ts';
import type { Read } from '../../../objects/wire.ts';

/** What is kept in memory of a ConfigMap or Secret: never a value. */
export interface Content {
  readonly resourceVersion: string;
  /** Changes with the data, and with nothing else. */
  readonly digest: string;
  readonly keys: readonly string[];
  /** Of a Secret: whether a release may hold a copy of it. */
  readonly restorable?: boolean;
}

/** Logins, certificates and tokens have types of their own, and masters of their own that renew them. */
export const opaque = 'Opaque';

const scryptOf = promisify<Buffer, string, number, Buffer>(scrypt);

export function ofConfigMap({ metadata, data = {}, binaryData = {} }: Read<ConfigMap>): Content {
  const digest = createHash('sha256').update(canonical({ data, binaryData })).digest('hex');
  return { resourceVersion: metadata.resourceVersion, digest, keys: Object.keys({ ...data, ...binaryData }) };
}

/**
 * The digest stands where people may read it who may not read the Secret. It is slow to compute and salted with the
 * object's UID, so that a short password cannot be found by trying.
 */
export async function ofSecret({ metadata, data = {}, type = opaque }: Read<Secret>): Promise<Content> {
  const digest = (await scryptOf(Buffer.from(canonical(data)), metadata.uid, 16)).toString('hex');
  return { resourceVersion: metadata.resourceVersion, digest, keys: Object.keys(data), restorable: type === opaque };
}
