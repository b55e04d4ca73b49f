import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Cluster } from './cluster.ts';

/** Who asked for what and how it ended, without bodies; the start of a request is left out, because its end is logged. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', omitManagedFields: true }],
};

/** Writes the files that the control plane reads. */
export async function writeControlPlaneConfig(cluster: Cluster): Promise<void> {
  await Promise.all([cluster.config, cluster.logs].map((folder) => mkdir(folder, { recursive: true })));
  await writeFile(join(cluster.config, 'audit-policy.yaml'), stringify(auditPolicy));
}
