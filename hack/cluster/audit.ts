import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const entrySchema = z.object({ verb: z.string(), user: z.object({ username: z.string() }) });

/**
 * How many requests each user made, by verb, as the API server's audit log has them: `counts.get('admin')?.list`. The
 * files that rotation put aside count too, as long as they exist.
 */
export async function countRequests(auditLog: string): Promise<Map<string, Record<string, number>>> {
  const counts = new Map<string, Record<string, number>>();
  for (const file of await auditFiles(auditLog)) {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const entry = entrySchema.safeParse(parseLine(line));
      if (!entry.success) continue;
      const { verb, user } = entry.data;
      const verbs = counts.get(user.username) ?? {};
      verbs[verb] = (verbs[verb] ?? 0) + 1;
      counts.set(user.username, verbs);
    }
  }
  return counts;
}

/** The log and its rotated parts, which are called `audit-<time>.log`. */
async function auditFiles(auditLog: string): Promise<string[]> {
  const stem = basename(auditLog, '.log');
  const names = await readdir(dirname(auditLog)).catch(() => []);
  return names
    .filter((name) => name.startsWith(stem) && name.endsWith('.log'))
    .map((name) => join(dirname(auditLog), name));
}

/** The last line may be half written while the server runs. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
