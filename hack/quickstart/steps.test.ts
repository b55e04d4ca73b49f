import { expect, it } from 'vitest';
import { project } from '../../src/crds/project/project.ts';
import { settingsSchema } from '../../src/settings/schema.ts';
import { chartValues, sampleProject } from './manifests.ts';
import { files, nextSteps, sampleUrl, steps } from './steps.ts';

const facts = {
  kubeconfig: '/kubeconfig',
  folders: ['/bin'],
  registry: '10.244.0.1:5000',
  gateway: 'http://127.0.0.1:27197',
};
const image = { name: 'operator', reference: '10.244.0.1:5000/vish/operator:key', digest: 'sha256:0' } as const;

it('applies only files that it writes or that are in the repository', () => {
  const commands = steps.flatMap((step) => step.commands.map((command) => command.join(' ')));
  const named = commands.flatMap((command) => [...command.matchAll(/(?<=-f |--values )\S+/g)].map(([file]) => file));

  expect(named.toSorted()).toEqual(Object.values(files).toSorted());
});

it('gives the operator settings that it accepts, and a Project that the schema accepts', () => {
  const values = chartValues({ operator: image, builder: image }, facts.registry) as { settings: object };

  expect(settingsSchema.safeParse(values.settings).error).toBeUndefined();
  expect(project.schema.safeParse(sampleProject(facts.registry)).error).toBeUndefined();
});

it('leaves the digest to say which image runs', () => {
  const values = chartValues({ operator: image, builder: image }, facts.registry);

  expect(values).toMatchObject({ image: { repository: '10.244.0.1:5000/vish/operator', digest: 'sha256:0' } });
});

it.each([
  ['http://127.0.0.1:27197', 'http://shop.localhost:27197/'],
  ['http://10.244.0.1', 'http://shop.localhost/'],
])('shows the app behind the gateway %s at %s', (gateway, url) => {
  expect(sampleUrl({ gateway })).toBe(url);
  expect(nextSteps({ ...facts, gateway })).toContain(`curl ${url}`);
});
