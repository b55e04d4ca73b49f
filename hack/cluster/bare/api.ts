import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import type { Cluster } from './cluster.ts';
import { apiUrl } from './kubeconfig.ts';
import { tlsAgent } from './probes.ts';

const retryDeadlineMs = 20_000;
const requestTimeoutMs = 10_000;
const fieldManager = 'vish-cluster';

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Where an object lies on the server. Covers the kinds that this tool applies, whose plurals are regular. */
export function objectPath({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const lower = kind.toLowerCase();
  const plural = /(s|x)$/.test(lower)
    ? `${lower}es`
    : /[^aeiou]y$/.test(lower)
      ? `${lower.slice(0, -1)}ies`
      : `${lower}s`;
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}${namespace}/${plural}/${metadata.name}`;
}

/**
 * Applies objects server-side, one after the other. kubectl would do it too, but asks a server that has just started
 * for its whole schema first, which takes longer than all the rest of the start.
 */
export async function apply(cluster: Cluster, manifests: readonly object[]): Promise<void> {
  for (const manifest of manifests) await applyOne(cluster, manifestSchema.parse(manifest));
}

/** Applies every manifest in a folder. */
export async function applyFolder(cluster: Cluster, folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.yaml'))) {
    const documents = parseAllDocuments(await readFile(join(folder, name), 'utf8'));
    const manifests = documents.map((document) => manifestSchema.safeParse(document.toJS()));
    // A kustomization lies beside them: it has no name.
    await apply(
      cluster,
      manifests.flatMap((parsed) => (parsed.success ? [parsed.data] : [])),
    );
  }
}

/**
 * Right after its start the server lacks a few things that appear by themselves (namespaces, default roles, the
 * endpoint of a new definition), so a refusal is tried again for a while.
 */
async function applyOne(cluster: Cluster, manifest: Manifest): Promise<void> {
  const deadline = systemClock.monotonic() + retryDeadlineMs;
  const path = `${objectPath(manifest)}?fieldManager=${fieldManager}&force=true`;
  for (;;) {
    const answer = await patch(cluster, path, { type: 'application/apply-patch+yaml', body: manifest });
    if (answer.status < 300) return;
    if (systemClock.monotonic() > deadline) {
      throw new Error(`could not apply ${manifest.kind} ${manifest.metadata.name}: ${answer.status} ${answer.text}`);
    }
    await sleep(systemClock, 100);
  }
}

/** Sends one patch; the caller decides what a refusal means. */
export async function patch(
  cluster: Cluster,
  path: string,
  { type, body }: { type: string; body: object },
): Promise<{ status: number; text: string }> {
  const dispatcher = await tlsAgent(cluster, { name: 'admin', ca: 'ca' });
  try {
    const { statusCode, body: answer } = await request(`${apiUrl(cluster)}${path}`, {
      method: 'PATCH',
      headers: { 'content-type': type },
      body: JSON.stringify(body),
      dispatcher,
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    return { status: statusCode, text: (await answer.text()).slice(0, 500) };
  } finally {
    await dispatcher.destroy();
  }
}
