import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import type { Thing } from '../../../test/support/scripted-api/history.ts';
import { silentLogger as logger, things as thing } from '../../../test/support/scripted-api/rig.ts';
import { ScriptedApi } from '../../../test/support/scripted-api/scripted-api.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import type { Stored } from '../client/client.ts';
import { Reflector } from './reflector.ts';
import { newStats } from './stats.ts';
import type { Target } from './target.ts';

it('the example of the README fills its target', async () => {
  const transport = new ScriptedApi();
  const clock = new ManualClock();
  const random = { next: () => 0 };
  const stats = newStats();
  const target = new MapTarget();
  const stopping = new AbortController();
  const errors: unknown[] = [];
  transport.put('web', 7);

  // README
  const reflector = new Reflector<Thing>({
    transport,
    clock,
    random,
    logger,
    target,
    stats,
    resource: thing,
    scope: { labelSelector: 'app=web' },
    transform: (object) => ({ ...object, value: 0 }),
    onTransformError: (key, error) => errors.push({ key, error }),
  });

  const running = reflector.run(stopping.signal);
  // end of README

  await clock.advance(0);
  stopping.abort();
  await running;
  expect(target.get('shop/web')?.value).toBe(0);
  expect([target.resourceVersion, errors]).toEqual(['2', []]);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});

class MapTarget implements Target<Thing> {
  resourceVersion: string | undefined;
  private objects = new Map<string, Stored<Thing>>();

  get(key: string): Stored<Thing> | undefined {
    return this.objects.get(key);
  }

  async replace(objects: Map<string, Stored<Thing>>, version: string): Promise<void> {
    this.objects = objects;
    this.resourceVersion = version;
  }

  put(key: string, object: Stored<Thing>, version: string): void {
    this.objects.set(key, object);
    this.resourceVersion = version;
  }

  delete(key: string, _object: Stored<Thing>, version: string): void {
    this.objects.delete(key);
    this.resourceVersion = version;
  }

  advance(version: string): void {
    this.resourceVersion = version;
  }
}
