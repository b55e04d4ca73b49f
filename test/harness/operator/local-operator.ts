import { join } from 'node:path';
import { request } from 'undici';
import { freePort } from '../../../hack/cluster/kind/ports.ts';
import { until } from '../../support/until.ts';
import { type Program, startProgram } from './program.ts';

const main = join(import.meta.dirname, '../../../src/main.ts');

export interface OperatorUnderTest {
  /** All that it has said. */
  logs(): Promise<string>;
  /** The page that Prometheus reads. */
  metrics(): Promise<string>;
  /** At once, without a chance to tidy up. */
  kill(): Promise<void>;
  /** As Kubernetes ends a pod. */
  stop(): Promise<void>;
}

export interface LocalOperator extends OperatorUnderTest {
  readonly pid: number;
  /** Where Prometheus reads it. */
  readonly metricsUrl: string;
}

export interface LocalOperatorOptions {
  kubeconfig: string;
  /** Further flags, such as the operator configuration. */
  args?: readonly string[];
  /** Besides that of the tests. */
  env?: NodeJS.ProcessEnv;
  /** Default false: a lease that a killed leader held would cost 15 s. */
  leaderElect?: boolean;
  /** Default src/main.ts; a bundle of it starts faster and is what the image holds. */
  program?: string;
}

/** The operator as a process of this machine: for suites on an API server alone. Ready when it resolves. */
export async function startLocalOperator(options: LocalOperatorOptions): Promise<LocalOperator> {
  const { start, isReady, metrics, metricsUrl } = await prepareLocalOperator(options);
  const program = start();
  const ready = () => {
    if (program.exitCode === undefined) return isReady();
    throw new Error(`the operator ended with ${program.exitCode}:\n${program.output}`);
  };
  try {
    await until(ready, { deadlineMs: 30_000, everyMs: 50, describe: () => program.output.slice(-2_000) });
  } catch (error) {
    await program.kill();
    throw error;
  }
  return {
    pid: program.pid,
    metricsUrl,
    logs: async () => program.output,
    metrics,
    kill: () => program.kill(),
    stop: async () => void (await program.stop()),
  };
}

/** An operator that can be started, and started again, with the same flags and ports. */
export async function prepareLocalOperator(options: LocalOperatorOptions) {
  const { kubeconfig, args = [], env = {}, leaderElect = false, program = main } = options;
  const [health, metrics] = [await freePort(), await freePort()];
  const ports = [`--health-port=${health}`, `--metrics-port=${metrics}`];
  const flags = [`--kubeconfig=${kubeconfig}`, `--leader-elect=${leaderElect}`, ...ports, ...args];
  const metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
  return {
    metricsUrl,
    start: (): Program => startProgram(program, flags, env),
    isReady: async () => (await get(`http://127.0.0.1:${health}/readyz`)).status === 200,
    metrics: async () => (await get(metricsUrl)).text,
  };
}

/** Status 0 when nobody answers. */
async function get(url: string): Promise<{ status: number; text: string }> {
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(5_000) });
    return { status: statusCode, text: await body.text() };
  } catch {
    return { status: 0, text: '' };
  }
}
