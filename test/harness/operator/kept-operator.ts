import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { until } from '../../support/until.ts';
import { type LocalOperatorOptions, prepareLocalOperator } from './local-operator.ts';
import type { Program } from './program.ts';

export interface KeptOperator {
  /** The code of every process that ended by itself, in order. */
  readonly exits: readonly number[];
  /** Of the process that runs now. */
  readonly pid: number;
  /** All that its processes have said. */
  logs(): string;
  metrics(): Promise<string>;
  /** SIGTERM, and it is not started again. */
  stop(): Promise<void>;
}

const firstBackOffMs = 10_000;
const longestBackOffMs = 300_000;

/** The operator as the kubelet keeps it: what ends is started again, at once and then after growing pauses. Ready when it resolves. */
export async function keepOperator(options: LocalOperatorOptions): Promise<KeptOperator> {
  const { start, isReady, metrics } = await prepareLocalOperator({ leaderElect: true, ...options });
  const stopping = new AbortController();
  const exits: number[] = [];
  let said = '';
  let program: Program = start();
  const keep = async () => {
    while (!stopping.signal.aborted) {
      const code = await program.ended;
      if (stopping.signal.aborted) return;
      exits.push(code);
      said += program.output;
      await sleep(systemClock, pauseBefore(exits.length), stopping.signal);
      program = start();
    }
  };
  const kept = keep().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  const stop = async () => {
    stopping.abort(new Error('the operator is stopped'));
    await program.stop();
    await kept;
  };
  const logs = () => said + program.output;
  try {
    await until(isReady, { deadlineMs: 30_000, everyMs: 50, describe: () => logs().slice(-2_000) });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    exits,
    get pid() {
      return program.pid;
    },
    logs,
    metrics,
    stop,
  };
}

/** The first time at once, as the kubelet does. */
function pauseBefore(restart: number): number {
  return restart === 1 ? 0 : Math.min(longestBackOffMs, firstBackOffMs * 2 ** (restart - 2));
}
