import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { aController, script } from '../../../test/support/controller.ts';
import { sample } from '../../../test/support/metrics.ts';
import { ControllerMetrics } from './metrics.ts';
import { TerminalError } from './reconcile.ts';

it('has every series at 0 from the start, so that the first increase shows', async () => {
  const { metric, registry } = aController({ concurrency: 4 });

  for (const result of ['success', 'error', 'requeue', 'requeue_after']) {
    expect(await metric('reconcile_total', { controller: 'test', result })).toBe(0);
  }
  for (const name of ['reconcile_errors', 'terminal_reconcile_errors', 'reconcile_panics', 'reconcile_timeouts']) {
    expect(await metric(`${name}_total`, { controller: 'test' })).toBe(0);
  }
  expect(await metric('reconcile_time_seconds_count', { controller: 'test' })).toBe(0);
  expect(await metric('max_concurrent_reconciles', { controller: 'test' })).toBe(4);
  expect(await metric('active_workers', { controller: 'test' })).toBe(0);
  expect(await sample(registry, 'vish_controller_stale_skips_total', { controller: 'test' })).toBe(0);
  expect(await sample(registry, 'workqueue_adds_total', { name: 'test', controller: 'test' })).toBe(0);
});

it('counts how runs ended', async () => {
  const { reconcile } = script(
    () => Promise.resolve(undefined),
    () => Promise.resolve({ requeueAfterMs: 1_000_000 }),
    () => Promise.reject(new TerminalError('the spec is wrong')),
    () => Promise.reject(new Error('boom')),
  );
  const { controller, wake, clock, metric } = aController({ reconcile });
  await controller.start();

  for (const key of ['a', 'b', 'c', 'd']) wake(key);
  await clock.advance(0);

  expect(await metric('reconcile_total', { result: 'success' })).toBe(1);
  expect(await metric('reconcile_total', { result: 'requeue_after' })).toBe(1);
  expect(await metric('reconcile_total', { result: 'error' })).toBe(2);
  expect(await metric('reconcile_errors_total')).toBe(2);
  expect(await metric('terminal_reconcile_errors_total')).toBe(1);
  expect(await metric('reconcile_panics_total')).toBe(0);
});

it('measures the time of a run, and shows it as active meanwhile', async () => {
  const { controller, wake, clock, metric } = aController({
    reconcile: () => new Promise((resolve) => void clock.setTimeout(() => resolve(undefined), 300)),
  });
  await controller.start();
  wake('a');
  await clock.advance(100);
  expect(await metric('active_workers')).toBe(1);

  await clock.advance(200);

  expect(await metric('active_workers')).toBe(0);
  expect(await metric('reconcile_time_seconds_sum')).toBe(0.3);
  expect(await metric('reconcile_time_seconds_bucket', { le: '0.25' })).toBe(0);
  expect(await metric('reconcile_time_seconds_bucket', { le: '0.3' })).toBe(1);
});

it('counts how often a key was put off because the cache was behind', async () => {
  const answers = [false, false];
  const { controller, wake, clock, registry } = aController({ ready: () => answers.shift() ?? true });
  await controller.start();
  wake('a');
  await clock.advance(200);

  expect(await sample(registry, 'vish_controller_stale_skips_total')).toBe(2);
});

it('keeps several controllers of one process apart', async () => {
  const registry = new Registry();
  const metrics = new ControllerMetrics(registry);
  const build = aController({ name: 'build', metrics });
  const project = aController({ name: 'project', metrics });
  await build.controller.start();
  build.wake('a');
  await build.clock.advance(0);
  expect(await project.controller.stop()).toBe(true);

  const total = 'controller_runtime_reconcile_total';
  expect(await sample(registry, total, { controller: 'build', result: 'success' })).toBe(1);
  expect(await sample(registry, total, { controller: 'project', result: 'success' })).toBe(0);
});
