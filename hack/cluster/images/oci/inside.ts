import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** An archive may hold links; one that leads out of its folder would make us read and push a file of this machine. */
export async function insideOf(folder: string, name: string): Promise<string> {
  const path = await realpath(join(folder, name));
  if (path.startsWith(folder + sep)) return path;
  throw new Error(`the archive's entry "${name.slice(0, 200)}" leads out of the archive; refused`);
}
