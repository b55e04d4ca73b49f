import { expect, it } from 'vitest';
import { build } from '../../crds/build/build.ts';
import { fits, NotReady } from './prepare.ts';

const limits = { maxCpu: 2, maxMemory: '4Gi' };
const asks = (settings: object) => ({
  spec: build.schema.parse({
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Build',
    metadata: { name: 'b' },
    spec: { projectRef: { name: 'p' }, commit: 'c'.repeat(40), build: settings },
  }).spec,
});

it.each([{}, { cpu: '2', memory: '4Gi' }, { cpu: '500m' }, { memory: '4096Mi' }])(
  'takes a Build that asks for %o',
  (settings) => {
    expect(() => fits(asks(settings), limits)).not.toThrow();
  },
);

it.each([
  [{ cpu: '2001m' }, 'build.cpu is 2001m, and a build may have at most 2'],
  [{ memory: '5Gi' }, 'build.memory is 5Gi, and a build may have at most 4Gi'],
  [{ memory: '0' }, 'build.memory is 0, which a node takes for no limit'],
  [{ memory: '0.000' }, 'build.memory is 0.000, which a node takes for no limit'],
  [{ memory: '0Mi' }, 'build.memory is 0Mi, which a node takes for no limit'],
  [{ cpu: 0 }, 'build.cpu is 0, which a node takes for no limit'],
])('refuses one that asks for %o, and says what it may have', (settings, message) => {
  expect(() => fits(asks(settings), limits)).toThrow(
    expect.objectContaining({
      constructor: NotReady,
      reason: 'BuildTooLarge',
      message: expect.stringContaining(message),
    }),
  );
});
