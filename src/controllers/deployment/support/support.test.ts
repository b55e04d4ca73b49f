import { expect, it } from 'vitest';
import { type DeploymentSpecInput, deploymentSpec } from '../../../crds/deployment/spec.ts';
import type { Capabilities } from '../../../targets/target.ts';
import { checkSupport } from './support.ts';

const all: Capabilities = {
  strategies: ['Rolling', 'Recreate', 'BlueGreen', 'Canary'],
  warmPrevious: false,
  weights: true,
  configuration: true,
  commands: true,
};

const target = { cluster: { gateway: { routeRefs: [{ name: 'shop' }] } } };
const own = { cluster: { gateway: { parentRefs: [{ name: 'public' }] } } };

const headers = [{ name: 'X-Canary', value: 'yes' }];

function canary(step: object) {
  return { type: 'Canary' as const, canary: { steps: [step] } };
}

function check(change: Partial<DeploymentSpecInput>, capabilities: Partial<Capabilities> = {}) {
  const spec = deploymentSpec.parse({ source: { image: 'a.example.com/web:1' }, workload: { port: 80 }, ...change });
  return () => checkSupport(spec, { ...all, ...capabilities });
}

it.each(['Rolling', 'Recreate', 'BlueGreen'] as const)('lets %s through', (type) => {
  expect(check({ strategy: { type } })).not.toThrow();
});

it.each([{ headers }, { mirrorPercent: 5 }, { weight: 5 }])(
  'lets a step of %o through on a route of our own',
  (step) => {
    expect(check({ strategy: canary(step), target: own })).not.toThrow();
  },
);

it.each<[string, Partial<DeploymentSpecInput>, string]>([
  ['a size by hand without a gateway', { strategy: canary({ replicas: 5 }) }, 'use steps of weight'],
  ['headers on a route of the user', { strategy: canary({ headers }), target }, 'into your own route'],
  ['a mirror on a route of the user', { strategy: canary({ mirrorPercent: 5 }), target }, 'into your own route'],
])('refuses %s, and names what works', (_, change, message) => {
  expect(check(change)).toThrow(
    expect.objectContaining({ reason: 'Unsupported', message: expect.stringContaining(message) }),
  );
});

it('refuses what the place cannot do', () => {
  const workload = { port: 80, envFrom: [{ configMapRef: { name: 'settings' } }] };

  expect(check({ strategy: { type: 'Recreate' } }, { strategies: ['Rolling'] })).toThrow('use Rolling.');
  expect(check({ hooks: { afterRelease: { command: ['true'] } } }, { commands: false })).toThrow('start of the app');
  expect(check({ schedules: [{ name: 'a', cron: '@daily', command: ['true'] }] }, { commands: false })).toThrow(
    'the target runs no schedules',
  );
  expect(check({ workload }, { configuration: false })).toThrow('use workload.env with value');
});
