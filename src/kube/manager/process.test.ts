import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { runProcess } from './process.ts';

/** A process that notes its exit codes, and a manager that ends when the test says so. */
function aProcess() {
  const exits: number[] = [];
  const process = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
  const outcome = Promise.withResolvers<void>();
  const stops = { count: 0 };
  const manager = { run: () => outcome.promise, stop: () => void stops.count++ };
  const logger = recordingLogger();
  return { process, exits, outcome, stops, logger, ended: runProcess(manager, { process, logger }) };
}

it.each(['SIGTERM', 'SIGINT'])('%s stops the manager, and a clean end exits with 0', async (signal) => {
  const { process, exits, outcome, stops, ended } = aProcess();

  process.emit(signal, signal);
  outcome.resolve();
  await ended;

  expect(stops.count).toBe(1);
  expect(exits).toEqual([0]);
  expect(process.eventNames()).toEqual([]);
});

it('a second signal exits at once', () => {
  const { process, exits, stops } = aProcess();

  process.emit('SIGTERM', 'SIGTERM');
  process.emit('SIGINT', 'SIGINT');

  expect(stops.count).toBe(1);
  expect(exits).toEqual([1]);
});

it.each(['uncaughtException', 'unhandledRejection'])('exits with 1 on %s, and logs it', (event) => {
  const { process, exits, logger } = aProcess();

  process.emit(event, new Error('forgotten'));

  expect(exits).toEqual([1]);
  expect(logger.lines).toContainEqual(
    expect.objectContaining({ level: 'error', fields: { err: new Error('forgotten') } }),
  );
});

it('exits with 1 when the manager fails, as it does when the lease is lost', async () => {
  const { exits, outcome, ended } = aProcess();

  outcome.reject(new Error('lost'));
  await ended;

  expect(exits).toEqual([1]);
});
