import { z } from 'zod';

export interface ShippedProcess {
  /** What node gets before the program's file. */
  flags: readonly string[];
  /** What changes how memory is taken; names and certificates are the image's own affair. */
  env: Readonly<Record<string, string>>;
}

/** How the image starts node, read from its Dockerfile so that benchmark and image cannot come apart. */
export function shippedProcess(dockerfile: string): ShippedProcess {
  const [, entrypoint] = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile) ?? [];
  const [, arenas] = /\bMALLOC_ARENA_MAX=(\d+)/.exec(dockerfile) ?? [];
  if (entrypoint === undefined || arenas === undefined) {
    throw new Error(
      'read how the image starts node: the Dockerfile has no ENTRYPOINT as a list, or no MALLOC_ARENA_MAX',
    );
  }
  const words = z.array(z.string()).parse(JSON.parse(entrypoint));
  return { flags: words.filter((word) => word.startsWith('--')), env: { MALLOC_ARENA_MAX: arenas } };
}
