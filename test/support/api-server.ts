import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type ApiServer, removeApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { startTimeOf } from '../../hack/cluster/process-table.ts';
import { endOf } from '../harness/requests/audit-log.ts';
import { expectNoLoopIn } from './request-loops/audited.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of an administrator's kubeconfig for the run's own API server: `inject('kubeconfig')`. */
    kubeconfig: string;
    /** Its audit log, for counting requests. */
    auditLog: string;
    /** Folder with the kubectl of the same version. */
    kubectlFolder: string;
  }
}

const prefix = 'test-api-';

/** vitest's globalSetup for the `api` suite: one API server for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned();
  const server: ApiServer = await startApiServer({ name: `${prefix}${process.pid}` });
  project.provide('kubeconfig', server.kubeconfig);
  project.provide('auditLog', server.auditLog);
  project.provide('kubectlFolder', server.binaries);
  const from = await endOf(server.auditLog);
  return async () => {
    try {
      await expectNoLoopIn(server.auditLog, { suite: 'api', from });
    } finally {
      await server.stop();
    }
  };
}

/** Ends the servers of runs that were killed before they could: their folder is named after a process that is gone. */
async function removeAbandoned(): Promise<void> {
  const names = await readdir(join(import.meta.dirname, '../../.vish/clusters')).catch(() => []);
  const pids = names.filter((name) => /^test-api-\d+$/.test(name)).map((name) => Number(name.slice(prefix.length)));
  for (const pid of pids) {
    if ((await startTimeOf(pid)) === undefined) await removeApiServer(`${prefix}${pid}`);
  }
}
