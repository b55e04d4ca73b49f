import { Redactor } from '../../../src/kube/log/redactor.ts';
import { createOperator } from '../../../src/operator/operator.ts';
import { parseOptions } from '../../../src/options.ts';
import { systemClock, systemRandom } from '../../../src/seams/system.ts';
import { settingsSchema } from '../../../src/settings/schema.ts';
import { recordingLogger } from '../../support/recording-logger.ts';
import { until } from '../../support/until.ts';
import type { Killable } from '../kill/run.ts';

export interface OperatorHereOptions {
  kubeconfig: string;
  /** It looks at nothing else, so that several may run side by side. */
  namespace: string;
  /** As in the file of settings. */
  settings?: object;
}

/**
 * The whole operator inside the test's own process: it starts in a fraction of the time that a process of its own takes.
 * `kill` is only as sudden as its way to the API server is closed, as a strike of the kill proxy leaves it. Ready when it
 * resolves.
 */
export async function startOperatorHere({ kubeconfig, namespace, ...given }: OperatorHereOptions): Promise<Killable> {
  const ports = ['--health-port=0', '--metrics-port=0'];
  const options = parseOptions([`--kubeconfig=${kubeconfig}`, '--leader-elect=false', ...ports]);
  const settings = settingsSchema.parse({ ...given.settings, namespaces: [namespace] });
  const logger = recordingLogger();
  const system = { clock: systemClock, random: systemRandom, logger, redactor: new Redactor() };
  const setLogLevel = () => undefined;
  const operator = await createOperator(options, settings, { ...system, setLogLevel, version: 'test', commit: 'test' });
  const ended = operator.manager.run().catch(() => undefined);
  const isAtWork = () => logger.lines.some(({ message }) => message === 'everything is started');
  const kill = async () => {
    if (operator.manager.running) operator.manager.stop();
    await operator.close();
    await ended;
    // Node keeps what counts its garbage collections, and with it all that the registry knows of this operator.
    operator.registry.clear();
  };
  try {
    await until(isAtWork, { deadlineMs: 30_000, describe: () => logger.lines.slice(-20) });
  } catch (error) {
    await kill();
    throw error;
  }
  return { kill };
}
