import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../src/kube/log/create-logger.ts';
import { Redactor } from '../../src/kube/log/redactor.ts';
import { createOperator } from '../../src/operator/operator.ts';
import { parseOptions } from '../../src/options.ts';
import { systemClock, systemRandom } from '../../src/seams/system.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { kubeconfigOf } from '../../test/harness/operator/kubeconfig.ts';

export interface KnownMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** What prom-client keeps of each, beyond its types. */
interface Registered {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

/** Every metric of the operator as it is put together for a cluster, by name. Nothing is started and nobody is called. */
export async function knownMetrics(): Promise<KnownMetric[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vish-metrics-'));
  try {
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigOf({ server: 'https://127.0.0.1:1', ca: '', namespace: 'vish-system' }));
    return await metricsOf(kubeconfig);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function metricsOf(kubeconfig: string): Promise<KnownMetric[]> {
  const redactor = new Redactor();
  const logger = createLogger({ clock: systemClock, redactor, level: 'error', format: 'text' });
  const { setLevel: setLogLevel } = logger;
  const system = { clock: systemClock, random: systemRandom, logger, setLogLevel, redactor };
  const surroundings = { ...system, version: 'dev', commit: 'dev' };
  const options = parseOptions(['--kubeconfig', kubeconfig]);
  const operator = await createOperator(options, await loadSettings(undefined), surroundings);
  const registered = operator.registry.getMetricsAsArray() as unknown as Registered[];
  const known = registered.map(({ name, help, type, labelNames }) => ({ name, help, type, labels: [...labelNames] }));
  await operator.close();
  return known.sort((a, b) => (a.name < b.name ? -1 : 1));
}
