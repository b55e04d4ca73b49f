import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tlsMaterial } from './connection.ts';
import { type Impersonation, impersonationHeaders } from './impersonation.ts';
import { KubeconfigError } from './kubeconfig.ts';
import type { Reading } from './live-credentials.ts';
import { checkToken, readText } from './sources.ts';

export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InCluster {
  server: string;
  namespace: string;
  read: () => Promise<Reading>;
}

export interface InClusterOptions {
  env: NodeJS.ProcessEnv;
  /** Where the kubelet puts token, CA and namespace. Default: the place that every pod has. */
  folder?: string | undefined;
  impersonate?: Impersonation | undefined;
}

/** True in a pod: the kubelet sets these variables. */
export function isInCluster(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['KUBERNETES_SERVICE_HOST'] && env['KUBERNETES_SERVICE_PORT']);
}

/** The service account of the pod. Its token changes every hour and lies in a file. */
export async function inCluster({
  env,
  folder = serviceAccountFolder,
  impersonate,
}: InClusterOptions): Promise<InCluster> {
  if (!isInCluster(env)) throw new KubeconfigError('this is no pod: KUBERNETES_SERVICE_HOST and _PORT are not set');
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').catch(() => 'default');
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT']}`,
    namespace: namespace.trim(),
    async read() {
      const what = 'service account token';
      const ca = await readText(join(folder, 'ca.crt'), 'cluster authority of the service account');
      const token = checkToken(await readText(join(folder, 'token'), what), what);
      const headers = { authorization: `Bearer ${token}`, ...impersonationHeaders(impersonate) };
      return { credentials: { tls: tlsMaterial({ ca, insecure: false }), headers } };
    },
  };
}
