import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Buildkit, startBuildkitd } from '../../../../hack/cluster/build/buildkitd.ts';
import { createReporter } from '../../../../hack/cluster/cli/reporter.ts';
import { startRegistry, type TestRegistry } from '../../../../hack/cluster/images/testing/registry.ts';
import { run } from '../../../../hack/lib/run.ts';
import { aBuildStepPlan } from '../../../../test/support/step-plan.ts';
import { type Descriptor, indexSchema, partsOf } from '../../registry/types.ts';
import type { BuildStepPlan } from '../plans.ts';
import { describeImage } from '../push/describe.ts';
import { buildArguments } from './arguments.ts';

const commit = 'c'.repeat(40);
const plan = aBuildStepPlan({
  args: [{ name: 'PLANTED', value: 'planted-value' }],
  labels: {
    'org.opencontainers.image.source': 'https://git.test/shop.git',
    'org.opencontainers.image.revision': commit,
  },
  attestations: { provenance: true },
});

/** Lists contents as BuildKit asks for it: it tells the name of each file at the root of the image. */
const generator = `package main

import (
	"encoding/json"
	"os"
)

func main() {
	files, _ := os.ReadDir(os.Getenv("BUILDKIT_SCAN_SOURCE"))
	names := []string{}
	for _, file := range files {
		names = append(names, file.Name())
	}
	statement := map[string]any{
		"_type":         "https://in-toto.io/Statement/v0.1",
		"predicateType": "https://spdx.dev/Document",
		"predicate":     map[string]any{"files": names},
	}
	text, _ := json.Marshal(statement)
	if os.WriteFile(os.Getenv("BUILDKIT_SCAN_DESTINATION")+"/image.spdx.json", text, 0o644) != nil {
		os.Exit(1)
	}
}
`;

let work: string;
let buildkit: Buildkit;
let registry: TestRegistry;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-attestations-'));
  registry = await startRegistry(work);
  const registries = `[registry."${registry.host}"]\nhttp = true\n[frontend."gateway.v0"]\nenabled = false\n`;
  buildkit = await startBuildkitd({ folder: join(work, 'buildkit'), registries, report: createReporter() });
});

afterAll(async () => {
  await buildkit[Symbol.asyncDispose]();
  await registry[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

/** The image of the generator, at the registry. */
async function pushedGenerator(): Promise<string> {
  const folder = await mkdtemp(join(work, 'generator-'));
  await writeFile(join(folder, 'main.go'), generator);
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY list /list\nENTRYPOINT ["/list"]\n');
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GO111MODULE: 'off' };
  await run('go', ['build', '-o', 'list', 'main.go'], { cwd: folder, env, timeoutMs: 120_000 });
  const name = `${registry.host}/generator:1`;
  const local = [
    `--local=context=${folder}`,
    `--local=dockerfile=${folder}`,
    `--output=type=image,name=${name},push=true`,
  ];
  await run(buildkit.buildctl, ['--addr', buildkit.address, 'build', '--frontend=dockerfile.v0', ...local]);
  return name;
}

/** What the build step leaves for the push step. */
async function built(change: Partial<BuildStepPlan> = {}): Promise<string> {
  const folder = await mkdtemp(join(work, 'build-'));
  const [repository, image] = [join(folder, 'repository'), join(folder, 'image')];
  await mkdir(repository);
  await writeFile(join(repository, 'Dockerfile'), 'FROM scratch\nARG PLANTED\nCOPY hello /hello\n');
  await writeFile(join(repository, 'hello'), 'hello');
  const args = buildArguments({ ...plan, ...change }, { repository });
  const output = `--output=type=oci,dest=${image},tar=false`;
  await run(buildkit.buildctl, ['--addr', buildkit.address, 'build', ...args, output]);
  return image;
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

it('has the image of the settings list what is in each image', async () => {
  const sbomGenerator = await pushedGenerator();

  const statements = await statementsIn(await built({ attestations: { provenance: true, sbomGenerator } }));

  const found = statements.map((each) => JSON.parse(each) as { predicateType: string; predicate: object });
  expect(found.map(({ predicateType }) => predicateType).toSorted()).toEqual([
    'https://slsa.dev/provenance/v1',
    'https://spdx.dev/Document',
  ]);
  expect(found).toContainEqual(expect.objectContaining({ predicate: { files: ['hello'] } }));
});

it('tells size and platform of the image alone, whatever is attached to it', async () => {
  const bare = await describeImage(await built({ attestations: { provenance: false } }));

  expect(await describeImage(await built())).toEqual(bare);
  expect(bare).toMatchObject({ platforms: [expect.stringMatching(/^linux\//)] });
});
