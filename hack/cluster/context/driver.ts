import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type RunResult, run } from '../../lib/run.ts';
import type { ClusterStatus, Driver, DriverContext, Probe } from '../driver.ts';
import { readContext, removeContext, writeContext } from './record.ts';

/**
 * A cluster of the user's own, named by a context of their kubeconfig. All that is made is a copy of that one context;
 * nothing in the cluster or in the user's files changes.
 */
export const contextDriver: Driver = {
  kind: 'context',
  probe,
  up,
  down,
  status,
  load: () => {
    throw new Error('images cannot be put into a cluster of your own: push them to a registry that it pulls from');
  },
  logs: () => {
    throw new Error('the logs of a cluster of your own are where its provider keeps them');
  },
  binaries: async () => [],
};

async function probe(): Promise<Probe> {
  const { code } = await run('kubectl', ['version', '--client'], { allowFailure: true });
  return code === 0
    ? { usable: true, why: 'kubectl reads the contexts of your kubeconfig' }
    : { usable: false, why: 'kubectl is not installed' };
}

async function up({ request, paths, report }: DriverContext): Promise<void> {
  const known = await readContext(paths);
  const context = request.context ?? known;
  if (context === undefined) throw new Error('no context was named: write up --context NAME');
  if (known !== undefined && known !== context) {
    throw new Error(
      `"${request.name}" stands for the context "${known}": run \`npm run cluster -- down --name ${request.name}\` first`,
    );
  }
  const unchecked = `${paths.kubeconfig}.${process.pid}`;
  try {
    await copyContext(context, unchecked);
    const version = await serverVersion(unchecked);
    await writeContext(paths, context);
    await rename(unchecked, paths.kubeconfig);
    report.say(`context ${context}: Kubernetes ${version} answers`);
  } finally {
    await rm(unchecked, { force: true });
  }
}

/** Only the named context, with its certificates inside: whoever uses the file reaches no other cluster. */
async function copyContext(context: string, file: string): Promise<void> {
  const view = ['config', 'view', '--raw', '--minify', '--flatten', `--context=${context}`];
  const result = await run('kubectl', view, { allowFailure: true });
  if (result.code !== 0) throw new Error(`the context "${context}" cannot be read: ${await adviceFor(result)}`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, result.stdout, { mode: 0o600 });
  await chmod(file, 0o600);
}

async function adviceFor({ code, stderr }: RunResult): Promise<string> {
  if (code === 127) return 'kubectl is not installed, and it is what reads your kubeconfig';
  const names = await run('kubectl', ['config', 'get-contexts', '--output=name'], { allowFailure: true });
  const known = names.stdout.split('\n').filter(Boolean).join(', ') || 'none';
  return `${stderr.trim()}; your kubeconfig has these contexts: ${known}`;
}

const versionSchema = z.object({ gitVersion: z.string() });

async function serverVersion(kubeconfig: string): Promise<string> {
  const { stdout } = await ask(kubeconfig, ['get', '--raw=/version']);
  return versionSchema.parse(JSON.parse(stdout)).gitVersion;
}

function ask(kubeconfig: string, args: readonly string[]): Promise<RunResult> {
  return run('kubectl', [`--kubeconfig=${kubeconfig}`, '--request-timeout=10s', ...args], { timeoutMs: 30_000 });
}

async function down({ paths, request, report }: DriverContext): Promise<void> {
  const context = await readContext(paths);
  if (context === undefined) return report.say(`"${request.name}" stands for no context: nothing to remove`);
  await rm(paths.kubeconfig, { force: true });
  await removeContext(paths);
  report.say(`removed ${paths.kubeconfig}; the cluster of context ${context} was not touched`);
}

async function status({ paths }: DriverContext): Promise<ClusterStatus> {
  const context = (await readContext(paths)) ?? '';
  try {
    const version = await serverVersion(paths.kubeconfig);
    const view = ['config', 'view', '--output=jsonpath={.clusters[0].cluster.server}'];
    const { stdout } = await ask(paths.kubeconfig, view);
    const part = { name: 'kube-apiserver', healthy: true, detail: `context ${context}` };
    return { healthy: true, parts: [part], urls: { api: stdout.trim() }, versions: { kubernetes: version } };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { healthy: false, parts: [{ name: 'kube-apiserver', healthy: false, detail }], urls: {}, versions: {} };
  }
}
