import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Clock } from '../../seams/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { Connection } from './connection.ts';
import { selectContext } from './context.ts';
import type { Impersonation } from './impersonation.ts';
import { inCluster, isInCluster } from './in-cluster.ts';
import { KubeconfigError, type KubeconfigFile, mergeKubeconfigs } from './kubeconfig.ts';
import { LiveCredentials, type LiveCredentialsOptions } from './live-credentials.ts';
import { userCredentials } from './user-credentials.ts';

export interface LoadConnectionOptions {
  clock: Clock;
  /** Default: that of the process. */
  env?: NodeJS.ProcessEnv;
  /** One kubeconfig that must exist. Default: `$KUBECONFIG`, then the pod's service account, then `~/.kube/config`. */
  kubeconfig?: string | undefined;
  /** Default: the current-context. */
  context?: string | undefined;
  /** Default: what the kubeconfig says, else nobody. */
  impersonate?: Impersonation | undefined;
  /** Told when credentials cannot be read again. Default: nobody is. */
  logger?: Logger;
  /** Default: where the kubelet puts it. */
  serviceAccountFolder?: string;
}

/** Finds the API server the way Go operators do, and reads the credentials once so that a bad set-up fails at start. */
export async function loadConnection(options: LoadConnectionOptions): Promise<Connection> {
  const env = options.env ?? process.env;
  const files = await kubeconfigFiles(options, env);
  const connection = files.length > 0 ? fromKubeconfig(files, options, env) : await fromPod(options, env);
  await connection.credentials();
  return connection;
}

function fromKubeconfig(files: KubeconfigFile[], options: LoadConnectionOptions, env: NodeJS.ProcessEnv): Connection {
  const context = selectContext(mergeKubeconfigs(files), options.context);
  const { server, origin, namespace, cluster } = context;
  const read = userCredentials({ context, env, clock: options.clock, impersonate: options.impersonate });
  return live({ server, origin, namespace, proxyUrl: cluster['proxy-url'] }, read, options);
}

async function fromPod(options: LoadConnectionOptions, env: NodeJS.ProcessEnv): Promise<Connection> {
  const { serviceAccountFolder: folder, impersonate } = options;
  const { server, namespace, read } = await inCluster({ env, folder, impersonate });
  return live({ server, namespace, origin: "the pod's service account", proxyUrl: undefined }, read, options);
}

function live(
  place: Pick<Connection, 'server' | 'origin' | 'namespace' | 'proxyUrl'>,
  read: LiveCredentialsOptions['read'],
  { clock, logger }: LoadConnectionOptions,
): Connection {
  const credentials = new LiveCredentials({ read, clock, logger });
  return {
    ...place,
    credentials: () => credentials.get(),
    invalidate: (used, why) => credentials.invalidate(used, why),
  };
}

async function kubeconfigFiles(options: LoadConnectionOptions, env: NodeJS.ProcessEnv): Promise<KubeconfigFile[]> {
  if (options.kubeconfig !== undefined) return [await readKubeconfig(options.kubeconfig)];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) {
    const found = await existing([...new Set(listed)]);
    if (found.length > 0) return found;
    throw new KubeconfigError(`none of the files in KUBECONFIG exists: ${listed.join(', ')}`);
  }
  if (isInCluster(env)) return [];
  const path = join(env['HOME'] ?? homedir(), '.kube', 'config');
  const found = await existing([path]);
  if (found.length > 0) return found;
  throw new KubeconfigError(
    `no API server is configured: KUBECONFIG is not set, this is no pod, and ${path} does not exist`,
  );
}

/** As kubectl, a file of the list that does not exist is passed over. */
async function existing(paths: string[]): Promise<KubeconfigFile[]> {
  const files = await Promise.all(
    paths.map((path) =>
      readKubeconfig(path).catch((error: KubeconfigError) => {
        if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
        throw error;
      }),
    ),
  );
  return files.filter((file) => file !== undefined);
}

async function readKubeconfig(path: string): Promise<KubeconfigFile> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw new KubeconfigError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, error);
  }
}
