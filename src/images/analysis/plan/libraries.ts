import type { Instruction } from './plan.ts';

/** Packages of Debian that programs are linked to, and that small images do not have. */
export function libraries(names: readonly string[]): Instruction[] {
  if (names.length === 0) return [];
  const install = `apt-get install -y --no-install-recommends ${[...new Set(names)].sort().join(' ')}`;
  return [{ do: 'run', command: `apt-get update && ${install} && rm -rf /var/lib/apt/lists/*` }];
}
