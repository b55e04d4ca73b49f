import type { KubeConfig } from '@kubernetes/client-node';

const requestDeadlineMs = 15_000;

/** A kubeconfig with only the named context of the user's own, with absolute paths, so that it can lie elsewhere. */
export async function exportContext(name: string): Promise<string> {
  const all = await newKubeConfig();
  all.loadFromDefault();
  const context = all.getContextObject(name);
  if (!context) {
    const names = all.getContexts().map((known) => known.name);
    throw new Error(`your kubeconfig has no context "${name}"; it has ${names.join(', ') || 'none'}`);
  }
  const cluster = all.getClusters().find((known) => known.name === context.cluster);
  const user = all.getUsers().find((known) => known.name === context.user);
  if (!cluster) throw new Error(`context "${name}" names cluster "${context.cluster}", which your kubeconfig lacks`);
  const one = await newKubeConfig();
  one.loadFromOptions({ clusters: [cluster], users: user ? [user] : [], contexts: [context], currentContext: name });
  return one.exportConfig();
}

/** Version of the API server that a kubeconfig leads to; throws when it does not answer in time. */
export async function serverVersion(kubeconfig: string): Promise<string> {
  const { VersionApi } = await import('@kubernetes/client-node');
  const config = await newKubeConfig();
  config.loadFromString(kubeconfig);
  const late = AbortSignal.timeout(requestDeadlineMs);
  const overdue = new Promise<never>((_, reject) =>
    late.addEventListener('abort', () =>
      reject(new Error(`${config.getCurrentCluster()?.server} did not answer in ${requestDeadlineMs / 1000} s`)),
    ),
  );
  return (await Promise.race([config.makeApiClient(VersionApi).getCode(), overdue])).gitVersion;
}

/** Loaded only where it is needed: the library takes half a second. */
async function newKubeConfig(): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  return new KubeConfig();
}
