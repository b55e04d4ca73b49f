import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

const entrySchema = z.object({
  auditID: z.string(),
  verb: z.string(),
  requestURI: z.string(),
  // Who was not let in has no name: a token that outlived its ServiceAccount, for one.
  user: z.object({ username: z.string().default('') }),
  userAgent: z.string().default(''),
  objectRef: z
    .object({
      apiGroup: z.string().default(''),
      resource: z.string().default(''),
      subresource: z.string().default(''),
      namespace: z.string().default(''),
      name: z.string().default(''),
    })
    .optional(),
  responseStatus: z.object({ code: z.number().default(0) }).optional(),
  requestReceivedTimestamp: z.string(),
});

export interface AuditEntry {
  verb: string;
  uri: string;
  user: string;
  userAgent: string;
  /** `''` is the core group. */
  group: string;
  /** `deployments`, `pods/log`; the path for what is no resource. */
  resource: string;
  namespace: string;
  name: string;
  code: number;
  /** ISO time with microseconds, by the server's clock. */
  receivedAt: string;
}

/** A place in the log. */
export interface Position {
  inode: number;
  offset: number;
}

export async function endOf(log: string): Promise<Position> {
  const { ino, size } = await stat(log);
  return { inode: ino, offset: size };
}

/**
 * Every request after `from`, once: a watch has a line for its start and one for its end. What rotation put aside since
 * then is read too; when it is gone already, that is an error, because a count would be too small.
 */
export async function entriesSince(log: string, from: Position): Promise<AuditEntry[]> {
  const files = await filesSince(log, from);
  const entries = new Map<string, AuditEntry>();
  for (const [index, file] of files.entries()) {
    const text = await readFrom(file, index === 0 ? from.offset : 0);
    for (const line of text.split('\n')) {
      const parsed = parseEntry(line);
      if (parsed !== undefined) entries.set(parsed.id, parsed.entry);
    }
  }
  return [...entries.values()];
}

async function filesSince(log: string, { inode }: Position): Promise<string[]> {
  const stem = basename(log, '.log');
  const names = (await readdir(dirname(log))).filter((name) => name.startsWith(`${stem}-`) && name.endsWith('.log'));
  // A rotated part carries its time, so names are in order; the current one is the last.
  const files = [...names.sort().map((name) => join(dirname(log), name)), log];
  const inodes = await Promise.all(files.map(async (file) => (await stat(file)).ino));
  const first = inodes.indexOf(inode);
  if (first < 0) throw new Error(`read ${log}: rotation removed what was written since the mark. Mark more often.`);
  return files.slice(first);
}

async function readFrom(file: string, offset: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, size - offset));
    await handle.read(buffer, 0, buffer.length, offset);
    return buffer.toString();
  } finally {
    await handle.close();
  }
}

/** The last line may be half written while the server runs. */
function parseEntry(line: string): { id: string; entry: AuditEntry } | undefined {
  if (!line.endsWith('}')) return undefined;
  const { auditID: id, verb, requestURI: uri, ...raw } = entrySchema.parse(JSON.parse(line));
  const {
    apiGroup: group = '',
    resource: plural = '',
    subresource = '',
    namespace = '',
    name = '',
  } = raw.objectRef ?? {};
  const resource = plural === '' ? (uri.split('?')[0] ?? uri) : [plural, subresource].filter(Boolean).join('/');
  const place = { group, resource, namespace, name };
  const { username: user } = raw.user;
  const { userAgent, requestReceivedTimestamp: receivedAt } = raw;
  return { id, entry: { verb, uri, user, userAgent, ...place, code: raw.responseStatus?.code ?? 0, receivedAt } };
}
