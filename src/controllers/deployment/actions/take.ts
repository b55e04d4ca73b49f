import type { Look } from '../look.ts';
import { type Remembered, takeActions } from './actions.ts';

/** New actions of the annotations. Not on the very first look: a status without conditions would say that all is well. */
export function newActions({ deployment, releases, now }: Look): Remembered | undefined {
  const { metadata, status, spec } = deployment;
  if (status?.conditions === undefined) return undefined;
  const hashes = new Map(releases.map(({ number, hash }) => [number, hash]));
  return takeActions({ annotations: metadata.annotations ?? {}, status, hashes, spec, now });
}
