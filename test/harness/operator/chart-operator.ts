import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import type { ApiServer } from '../../../hack/cluster/api-server.ts';
import { run } from '../../../hack/lib/run.ts';
import { loadConnection } from '../../../src/kube/connection/load-connection.ts';
import { systemClock } from '../../../src/seams/system.ts';
import type { Connected } from '../connect.ts';
import type { ServiceAccount } from '../requests/rights.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { type LocalOperator, startLocalOperator } from './local-operator.ts';
import { tokenOf } from './token.ts';

export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** Whom the chart of the documentation makes. */
export const chartAccount: ServiceAccount = { namespace: 'vish-system', name: 'vish' };

export function manifestsOf(rendered: string): Manifest[] {
  return parseAllDocuments(rendered).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

/** As an administrator; the namespaces that they name exist. */
export async function applyManifests(server: ApiServer, manifests: readonly Manifest[]): Promise<void> {
  const args = ['--kubeconfig', server.kubeconfig, 'apply', '--server-side', '--force-conflicts', '-f', '-'];
  const input = manifests.map((manifest) => stringify(manifest)).join('---\n');
  await run(join(server.binaries, 'kubectl'), args, { input, timeoutMs: 60_000 });
}

export interface ChartOperatorOptions {
  readonly server: ApiServer;
  readonly api: Connected;
  /** Of the chart, applied already. */
  readonly manifests: readonly Manifest[];
}

/**
 * The operator as a process of this machine, with the settings of a chart and under the rights that the chart gives: what
 * it may do is exactly what it may do where it is installed. Ready when it resolves.
 */
export async function startChartOperator(options: ChartOperatorOptions): Promise<LocalOperator> {
  const { kubeconfig, config, remove } = await chartFlags(options);
  const start = startLocalOperator({ kubeconfig, leaderElect: true, args: [`--config=${config}`] });
  const operator = await start.catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return { ...operator, stop: () => operator.stop().then(remove), kill: () => operator.kill().then(remove) };
}

/** What the operator has to be told, in files that go with `remove`. */
export async function chartFlags({ server, api, manifests }: ChartOperatorOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'chart-operator-'));
  const config = join(folder, 'settings.yaml');
  const settings = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'vish-settings');
  await writeFile(config, settings?.data?.['settings.yaml'] ?? '');
  const direct = await loadConnection({ clock: systemClock, kubeconfig: server.kubeconfig });
  const { ca = '' } = (await direct.credentials()).tls;
  const user = { token: await tokenOf(api.transport, chartAccount) };
  const { namespace } = chartAccount;
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf({ server: direct.server, ca, namespace, user }), { mode: 0o600 });
  return { kubeconfig, config, remove: () => rm(folder, { recursive: true }) };
}
