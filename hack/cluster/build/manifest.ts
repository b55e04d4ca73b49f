import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const manifestFile = 'manifest.json';
const manifestSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

/** Writes the digest of every binary beside them. */
export async function writeManifest(folder: string, binaries: readonly string[]): Promise<void> {
  const entries = await Promise.all(binaries.map(async (name) => [name, await sha256(join(folder, name))] as const));
  await writeFile(join(folder, manifestFile), `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}

/** Whether `folder` holds exactly what was built: a truncated or changed binary is built again, not run. */
export async function verifyManifest(folder: string, binaries: readonly string[]): Promise<boolean> {
  const text = await readFile(join(folder, manifestFile), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const manifest = manifestSchema.safeParse(parseJson(text));
  if (!manifest.success) return false;
  const checks = binaries.map((name) => matches(join(folder, name), manifest.data[name]));
  return (await Promise.all(checks)).every(Boolean);
}

async function matches(file: string, digest: string | undefined): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true && digest !== undefined && (await sha256(file)) === digest;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
