import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { findMarked } from '../../process-table.ts';
import { markVariable } from '../supervisor.ts';
import { nftTables, nodeChains, savedRules } from './iptables.ts';
import { absentPaths, readSettings } from './settings.ts';

/** In memory: after a restart of the machine nothing of a node is left, and neither is this record. */
const folder = '/run/vish';
const recordFile = join(folder, 'node.json');

const recordSchema = z.object({
  /** State folder of the cluster whose node this is. */
  owner: z.string(),
  /** The cluster's decisions, so that it can be taken down after its folder was deleted. */
  cluster: z.unknown(),
  before: z.object({
    settings: z.record(z.string(), z.string()),
    absentPaths: z.array(z.string()),
    nftTables: z.array(z.string()),
  }),
});

/** Which cluster uses this machine as its node, and how the machine was before. */
export type NodeRecord = z.infer<typeof recordSchema>;

/** Sockets and other things whose path must be short. */
export const runFolder = join(folder, 'node');

export async function readRecord(): Promise<NodeRecord | undefined> {
  const text = await readFile(recordFile, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : recordSchema.parse(JSON.parse(text));
}

/**
 * Refuses when this machine is the node of another cluster, ours or anybody's: there is one bridge, one kubelet port,
 * one set of rules.
 */
export async function expectFreeMachine(owner: string): Promise<void> {
  const record = await readRecord();
  if (record?.owner === owner) return;
  if (record) {
    const running = (await findMarked(markVariable)).some((process) => process.mark.startsWith(`${record.owner}#`));
    const state = running ? 'runs' : 'was not taken down';
    throw new Error(
      `a machine can be the node of one cluster, and the one in ${record.owner} ${state}: take it down first ` +
        `(\`npm run cluster -- down --name NAME\` in its checkout), or use --api-only here`,
    );
  }
  const foreign = nodeChains(await savedRules('iptables'));
  if (foreign.length === 0) return;
  throw new Error(
    `another Kubernetes node runs on this machine (iptables has ${foreign.slice(0, 3).join(', ')}): a second one ` +
      'would break both; stop it, or name its context with --context, or use --api-only',
  );
}

/** Makes this machine the node of a cluster and notes how it was before. */
export async function takeMachine(owner: string, cluster: unknown): Promise<void> {
  if (await readRecord()) return;
  const before = { settings: await readSettings(), absentPaths: await absentPaths(), nftTables: await nftTables() };
  // A pod with a user namespace of its own has to pass through here to its root, as an ordinary user.
  await mkdir(folder, { recursive: true, mode: 0o711 });
  await chmod(folder, 0o711);
  await writeFile(recordFile, JSON.stringify({ owner, cluster, before } satisfies NodeRecord));
}

/** The machine is nobody's node any more. */
export async function releaseMachine(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
