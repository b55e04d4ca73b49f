import { createHash } from 'node:crypto';

/** All that decides what comes out: a build of the same inputs is left out. */
export interface Inputs {
  readonly dockerfile: string;
  readonly target: string;
  /** File names of the build context that stands for the stage `bundle`, with their content. */
  readonly bundle: ReadonlyMap<string, Uint8Array>;
  /** Base image to its digest, as far as a registry that is near says it. */
  readonly bases: ReadonlyMap<string, string>;
  readonly version: string;
  /** Platforms, attachments, and the commit where it has to be of this one. */
  readonly variant: readonly string[];
}

/** Also the image's tag, so that a tag never changes its content. */
export function keyOf({ dockerfile, target, bundle, bases, version, variant }: Inputs): string {
  const hash = createHash('sha256');
  const parts = [...bundle, ...bases].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const part of [dockerfile, target, version, process.arch, variant.join(' '), ...parts.flat()]) {
    // With its length, so that no two lists of parts read the same.
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The images that a Dockerfile begins with; its own stages and `scratch` are none. */
export function basesOf(dockerfile: string): string[] {
  const lines = [...dockerfile.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$/gim)];
  const stages = new Set(['scratch', ...lines.map((line) => line[2]?.toLowerCase())]);
  return [...new Set(lines.map((line) => line[1] ?? ''))].filter((name) => !stages.has(name.toLowerCase()));
}
