import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ClusterPaths, ClusterStatus, Driver, DriverContext } from '../driver.ts';
import { exportContext, serverVersion } from './kubeconfig.ts';

const recordSchema = z.object({ context: z.string() });

/** A cluster of the user's own, named by a context of their kubeconfig. Nothing is made in it and nothing removed. */
export const contextDriver: Driver = {
  kind: 'context',
  probe: async () => ({ usable: true, why: 'you named a context of your own kubeconfig' }),
  up,
  down,
  status,
  load: async ({ request }) => {
    throw new Error(`cluster "${request.name}" is your own: push the image to a registry that it can pull from`);
  },
  logs: async () => {
    throw new Error('the parts of your own cluster log where you run them; try `kubectl logs`');
  },
  binaries: async () => [],
};

/** Which context an earlier `up` chose; undefined when this name stands for no context. */
export async function readContext(paths: ClusterPaths): Promise<string | undefined> {
  const text = await readFile(recordFile(paths), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : recordSchema.parse(JSON.parse(text)).context;
}

async function up({ request, paths, report }: DriverContext): Promise<void> {
  const context = request.context ?? (await readContext(paths));
  if (context === undefined) throw new Error('name a context with --context NAME');
  const text = await exportContext(context);
  const version = await serverVersion(text);
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  await mkdir(dirname(paths.kubeconfig), { recursive: true });
  await writeFile(recordFile(paths), JSON.stringify({ context }));
  await writeFile(paths.kubeconfig, text, { mode: 0o600 });
  report.say(`context ${context} answers with Kubernetes ${version}`);
}

async function down({ paths, report }: DriverContext): Promise<void> {
  await rm(paths.kubeconfig, { force: true });
  await rm(recordFile(paths), { force: true });
  report.say('down: the kubeconfig copied here is gone; your own cluster was not touched');
}

async function status({ paths }: DriverContext): Promise<ClusterStatus> {
  const context = await readContext(paths);
  if (context === undefined) return { healthy: false, parts: [], urls: {}, versions: {} };
  const name = `context ${context}`;
  try {
    const version = await serverVersion(await readFile(paths.kubeconfig, 'utf8'));
    const part = { name, healthy: true, detail: 'answers' };
    return { healthy: true, parts: [part], urls: {}, versions: { kubernetes: version } };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { healthy: false, parts: [{ name, healthy: false, detail }], urls: {}, versions: {} };
  }
}

function recordFile(paths: ClusterPaths): string {
  return join(paths.state, 'context.json');
}
