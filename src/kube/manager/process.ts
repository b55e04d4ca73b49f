import type { EventEmitter } from 'node:events';
import type { Logger } from '../log/logger.ts';
import type { Manager } from './manager.ts';

/** What is used of node's process, so that a test can stand in for it. */
export interface ProcessLike extends Pick<EventEmitter, 'on' | 'off'> {
  exit(code: number): void;
}

export interface ProcessOptions {
  process: ProcessLike;
  logger: Logger;
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs the manager as the program: the first SIGTERM or SIGINT stops it, a second one exits at once, and the process
 * exits with 0 only after a clean stop. An error that nobody caught ends the process: what it left half done is
 * unknown, and a restart resumes from the cluster's state.
 */
export async function runProcess(manager: Pick<Manager, 'run' | 'stop'>, options: ProcessOptions): Promise<void> {
  const { process, logger } = options;
  const detach = listen(manager, options);
  try {
    await manager.run();
    logger.info({}, 'stopped');
    process.exit(0);
  } catch (error) {
    logger.error({ err: error }, 'ended by an error');
    process.exit(1);
  } finally {
    detach();
  }
}

function listen(manager: Pick<Manager, 'stop'>, { process, logger }: ProcessOptions): () => void {
  let stopping = false;
  const onSignal = (signal: string) => {
    logger.info({ signal }, stopping ? 'second signal, exiting at once' : 'signal to stop');
    if (stopping) return process.exit(1);
    stopping = true;
    try {
      manager.stop();
    } catch (error) {
      // It is ending already, because of an error.
      logger.debug({ err: error }, 'nothing to stop');
    }
  };
  const onUncaught = (error: unknown) => {
    logger.error({ err: error }, 'an error that nobody caught');
    process.exit(1);
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  return () => {
    for (const signal of stopSignals) process.off(signal, onSignal);
    process.off('uncaughtException', onUncaught);
    process.off('unhandledRejection', onUncaught);
  };
}
