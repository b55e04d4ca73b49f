import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectOf, removeNamespace, type TestCluster, testCluster } from '../../test/support/kinds/cluster.ts';
import { readSamples, samplesFolder } from '../../test/support/kinds/samples.ts';
import type { Kind } from './kind/kind.ts';
import { kinds } from './kinds.ts';

const applyPatch = 'application/apply-patch+yaml';
const samples = await readSamples();
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster('crds-samples');
});
afterAll(() => removeNamespace(cluster));

function kindOf(name: string): Kind {
  const kind = kinds.find((candidate) => candidate.kind === name);
  if (kind === undefined) throw new Error(`${name} is no kind of ours`);
  return kind;
}

function apply(kind: Kind, body: { metadata: { name: string } }, manager: string) {
  const path = `${cluster.collection(kind)}/${body.metadata.name}?fieldManager=${manager}&fieldValidation=Strict`;
  return cluster.call({ method: 'PATCH', path, body, contentType: applyPatch });
}

describe.each(samples.map((sample) => [sample.file, sample] as const))('%s', (_file, { object }) => {
  const kind = kindOf(object.kind);

  it('comes back as it was written, plus exactly the defaults that the schema in TypeScript fills in', async () => {
    const parsed = kind.schema.parse(object) as { spec: unknown };

    const applied = await apply(kind, object, 'gitops');
    const stored = await cluster.call({ method: 'GET', path: `${cluster.collection(kind)}/${object.metadata.name}` });

    expect(applied.message).toBe('');
    expect(stored.body.spec).toEqual(parsed.spec);
    expect(stored.body.spec).toMatchObject(object.spec);
  });

  it('changes nothing when it is applied a second time', async () => {
    const first = await apply(kind, object, 'gitops');

    const second = await apply(kind, object, 'gitops');

    expect(second.ok).toBe(true);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });
});

it('has a smallest Project of five lines of spec', async () => {
  const text = await readFile(`${samplesFolder}/project.yaml`, 'utf8');
  const [, spec = ''] = text.split(/^spec:\n/m);

  expect(spec.trimEnd().split('\n')).toHaveLength(5);
});

it('lets two field managers each add an environment', async () => {
  const kind = kindOf('Project');
  const spec = { source: { git: { url: 'https://a.example.com/b.git' } }, image: { repository: 'a.example.com/b' } };
  const withEnvironment = (name: string, rest: object) => ({
    ...objectOf(kind, 'shared', { ...rest, environments: [{ name, branch: 'main' }] }),
  });
  await apply(kind, withEnvironment('staging', spec), 'platform-team');

  const added = await apply(kind, withEnvironment('production', {}), 'product-team');
  const again = await apply(kind, withEnvironment('staging', spec), 'platform-team');

  expect([added.message, again.message]).toEqual(['', '']);
  expect(again.body.spec['environments']).toMatchObject([{ name: 'staging' }, { name: 'production' }]);
});

it('reads and writes the replicas of a Deployment through the scale subresource, with the selector of its status', async () => {
  const kind = kindOf('Deployment');
  const path = `${cluster.collection(kind)}/scaled`;
  await apply(kind, objectOf(kind, 'scaled', { source: { image: 'a' } }), 'gitops');
  const status = { replicas: 1, selector: 'vish.dev/live=true' };
  await cluster.call({
    method: 'PATCH',
    path: `${path}/status`,
    body: { status },
    contentType: 'application/merge-patch+json',
  });

  const before = await cluster.call({ method: 'GET', path: `${path}/scale` });
  const scaled = { ...before.body, spec: { replicas: 4 } };
  await cluster.call({ method: 'PUT', path: `${path}/scale`, body: scaled });
  const after = await cluster.call({ method: 'GET', path });
  const reapplied = await apply(kind, objectOf(kind, 'scaled', { source: { image: 'b' } }), 'gitops');

  expect(before.body).toMatchObject({ spec: { replicas: 1 }, status });
  expect(after.body.spec).toMatchObject({ workload: { scale: { replicas: 4 } } });
  expect(reapplied.body.spec).toMatchObject({ workload: { scale: { replicas: 4 } } });
});
