import { expect, it } from 'vitest';
import { aDeployment, place } from '../../../../test/support/aws/rig.ts';
import { type Workload, workload } from '../../../crds/workload/workload.ts';
import type { RenderInput } from '../../target.ts';
import { renderedTask, renderTask } from './render.ts';

function input(changes: Partial<Workload>, rest: Partial<RenderInput> = {}): RenderInput {
  const deployment = aDeployment();
  const spec = { ...deployment.spec, workload: workload.parse({ port: 8080, ...changes }) };
  return { deployment: { ...deployment, spec }, name: 'web-1', image: 'x@sha256:1', configuration: [], ...rest };
}

it('writes command, arguments, plain variables, port and health command in the words of ECS', () => {
  const rendered = renderTask(
    input({
      command: ['node'],
      args: ['server.js'],
      env: [{ name: 'A', value: '1' }, { name: 'EMPTY' }],
      health: { command: ['node', 'health.js'], intervalSeconds: 10 },
    }),
    place,
  );

  expect(rendered.container).toMatchObject({
    entryPoint: ['node'],
    command: ['server.js'],
    environment: [
      { name: 'A', value: '1' },
      { name: 'EMPTY', value: '' },
    ],
    portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
    healthCheck: { command: ['CMD', 'node', 'health.js'], interval: 10, timeout: 2, retries: 3, startPeriod: 60 },
  });
  expect(renderedTask.parse(JSON.parse(JSON.stringify(rendered)))).toEqual(rendered);
});

it('opens no port for a worker, and asks nothing of an app without a health command', () => {
  const { container } = renderTask(input({ port: undefined }), place);

  expect(container.portMappings).toEqual([]);
  expect(container).not.toHaveProperty('healthCheck');
});

it('renders another restart to another definition, and each release to its own', () => {
  const texts = [input({}), input({}, { restartedAt: 'now' }), input({}, { name: 'web-2' })].map((one) =>
    JSON.stringify(renderTask(one, place)),
  );

  expect(new Set(texts).size).toBe(3);
});

it('keeps health numbers within what ECS takes, and says so', () => {
  const { container, hints } = renderTask(
    input({ health: { command: ['true'], intervalSeconds: 1, failures: 50, startupSeconds: 900 } }),
    place,
  );

  expect(container.healthCheck).toMatchObject({ interval: 5, retries: 10, startPeriod: 300 });
  expect(hints.filter((hint) => hint.includes('health'))).toHaveLength(3);
});

it.each([
  [
    'a variable from a Secret',
    input({ env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }),
    'KEY',
  ],
  ['a whole ConfigMap', input({ envFrom: [{ configMapRef: { name: 'c' } }] }), 'envFrom'],
  [
    'a copy of configuration',
    input({}, { configuration: [{ kind: 'Secret', source: 's', copy: 's-1' }] }),
    'taskRoleArn',
  ],
  ['a health path', input({ health: { path: '/healthz' } }), 'health.command'],
])('refuses %s, and names what to use instead', (_, refused, named) => {
  expect(() => renderTask(refused, place)).toThrow(expect.objectContaining({ reason: 'Unsupported' }) as Error);
  expect(() => renderTask(refused, place)).toThrow(named);
});
