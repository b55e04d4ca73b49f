import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Buildkit, startBuildkitd } from '../../../../hack/cluster/build/buildkitd.ts';
import { createReporter } from '../../../../hack/cluster/cli/reporter.ts';
import { run } from '../../../../hack/lib/run.ts';
import { type Descriptor, indexSchema, partsOf } from '../../registry/types.ts';
import type { BuildStepPlan } from '../plans.ts';
import { describeImage } from '../push/describe.ts';
import { buildArguments } from './arguments.ts';

const commit = 'c'.repeat(40);
const plan: BuildStepPlan = {
  path: '.',
  args: [{ name: 'PLANTED', value: 'planted-value' }],
  platforms: [],
  labels: {
    'org.opencontainers.image.source': 'https://git.test/shop.git',
    'org.opencontainers.image.revision': commit,
  },
  registries: [],
  cacheMegabytes: 100,
  attestations: { provenance: true },
};

let work: string;
let buildkit: Buildkit;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-attestations-'));
  buildkit = await startBuildkitd({ folder: join(work, 'buildkit'), registries: '', report: createReporter() });
});

afterAll(async () => {
  await buildkit[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

/** What the build step leaves for the push step. */
async function built(change: Partial<BuildStepPlan> = {}): Promise<string> {
  const folder = await mkdtemp(join(work, 'build-'));
  const places = { repository: join(folder, 'repository'), image: join(folder, 'image') };
  await mkdir(places.repository);
  await writeFile(join(places.repository, 'Dockerfile'), 'FROM scratch\nARG PLANTED\nCOPY hello /hello\n');
  await writeFile(join(places.repository, 'hello'), 'hello');
  await run(buildkit.buildctl, ['--addr', buildkit.address, ...buildArguments({ ...plan, ...change }, places)]);
  return places.image;
}

async function blob(image: string, { digest }: Pick<Descriptor, 'digest'>): Promise<Buffer> {
  return readFile(join(image, 'blobs', 'sha256', digest.slice('sha256:'.length)));
}

/** The statements that are attached to the images of a layout. */
async function statementsIn(image: string): Promise<string[]> {
  const [top] = indexSchema.parse(JSON.parse(await readFile(join(image, 'index.json'), 'utf8'))).manifests;
  if (top === undefined) throw new Error('the layout is empty');
  const parts = partsOf({ ...top, content: await blob(image, top) });
  const attached = (parts?.manifests ?? []).filter(({ platform }) => platform?.os === 'unknown');
  const layers: Descriptor[] = [];
  for (const each of attached) {
    layers.push(...(partsOf({ ...each, content: await blob(image, each) })?.blobs.slice(1) ?? []));
  }
  return Promise.all(layers.map(async (layer) => (await blob(image, layer)).toString('utf8')));
}

it('has BuildKit attach where the image came from, and no value of an argument', async () => {
  const image = await built();

  const [statement = '{}', ...more] = await statementsIn(image);
  expect(more).toEqual([]);
  expect(JSON.parse(statement)).toMatchObject({ predicateType: 'https://slsa.dev/provenance/v1' });
  expect(statement).toContain(commit);
  expect(statement).toContain('https://git.test/shop.git');
  expect(statement).not.toContain('planted-value');
});

it('tells size and platform of the image alone, whatever is attached to it', async () => {
  const bare = await describeImage(await built({ attestations: { provenance: false } }));

  expect(await describeImage(await built())).toEqual(bare);
  expect(bare).toMatchObject({ platforms: [expect.stringMatching(/^linux\//)] });
});
