import { type Kubeconfig, KubeconfigError } from './kubeconfig.ts';
import type { ClusterEntry, UserEntry } from './kubeconfig-schema.ts';

export interface SelectedContext {
  /** For errors: `context "dev" of ~/.kube/config`. */
  origin: string;
  server: string;
  cluster: ClusterEntry;
  user: UserEntry;
  namespace: string;
}

/** Finds what a context names and says exactly what is missing. A context without a user is anonymous. */
export function selectContext(config: Kubeconfig, wanted?: string): SelectedContext {
  const files = config.files.join(', ');
  const name = wanted ?? config.currentContext;
  if (name === undefined) throw new KubeconfigError(`${files} names no current-context; set one or choose a context`);
  const origin = `context ${JSON.stringify(name)} of ${files}`;
  const context = config.contexts.get(name);
  if (!context) throw new KubeconfigError(`${origin} does not exist; there are: ${names(config.contexts)}`);
  const cluster = context.cluster === undefined ? undefined : config.clusters.get(context.cluster);
  if (!cluster) throw new KubeconfigError(`${origin} needs cluster ${quoted(context.cluster)}, which is missing`);
  const user = context.user === undefined ? anonymous : config.users.get(context.user);
  if (!user) throw new KubeconfigError(`${origin} needs user ${quoted(context.user)}, which is missing`);
  const server = checkServer(cluster.server, origin, context.cluster);
  checkProxy(cluster['proxy-url'], origin);
  checkUser(user, origin);
  return { origin, server, cluster, user, namespace: context.namespace ?? 'default' };
}

const anonymous: UserEntry = { 'as-groups': [], 'as-user-extra': {} };

function checkServer(server: string | undefined, origin: string, cluster: string | undefined): string {
  if (server === undefined) throw new KubeconfigError(`${origin}: cluster ${quoted(cluster)} names no server`);
  if (/^https?:\/\//.test(server) && URL.canParse(server)) return server.replace(/\/+$/, '');
  throw new KubeconfigError(`${origin}: ${JSON.stringify(server)} is not an http(s) URL`);
}

/** It may hold a password, so it is not repeated. */
function checkProxy(proxyUrl: string | undefined, origin: string): void {
  if (proxyUrl === undefined || (/^(https?|socks5):\/\//.test(proxyUrl) && URL.canParse(proxyUrl))) return;
  throw new KubeconfigError(`${origin}: its proxy-url is not an http, https or socks5 URL`);
}

function checkUser(user: UserEntry, origin: string): void {
  const provider = user['auth-provider']?.name;
  if (provider !== undefined && !user.exec) {
    const plugin = replacements[provider] ?? 'an exec plugin of your provider';
    throw new KubeconfigError(
      `${origin} uses auth-provider ${quoted(provider)}, which Kubernetes removed; use ${plugin}`,
    );
  }
  const certificate = user['client-certificate'] ?? user['client-certificate-data'];
  const key = user['client-key'] ?? user['client-key-data'];
  if ((certificate === undefined) !== (key === undefined)) {
    throw new KubeconfigError(
      `${origin} has a client ${certificate ? 'certificate without key' : 'key without certificate'}`,
    );
  }
}

const replacements: Readonly<Record<string, string>> = {
  gcp: 'the exec plugin gke-gcloud-auth-plugin',
  azure: 'the exec plugin kubelogin',
  oidc: 'the exec plugin kubectl-oidc_login',
};

function names(map: ReadonlyMap<string, unknown>): string {
  return [...map.keys()].slice(0, 20).join(', ') || 'none';
}

function quoted(name: string | undefined): string {
  return name === undefined ? '(unnamed)' : JSON.stringify(name);
}
