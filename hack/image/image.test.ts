import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { blobPath, makeBlobFolder } from '../cluster/images/oci/blobs.ts';
import { digestOf } from '../cluster/images/oci/digest.ts';
import { mediaTypes } from '../cluster/images/oci/types.ts';
import { type BuildRequest, buildctlArguments, dockerArguments } from './builder.ts';
import { images, selectImages } from './images.ts';
import { basesOf, type Inputs, keyOf } from './key.ts';
import { layerSizes, layerTable } from './layers.ts';
import { expectBuildable, parsePlatforms } from './platforms.ts';
import { readKey } from './sign.ts';

const text = (content: string) => new TextEncoder().encode(content);
const inputs: Inputs = {
  dockerfile: 'FROM scratch',
  target: 'operator',
  bundle: new Map([
    ['a.js', text('1')],
    ['a.js.map', text('2')],
  ]),
  bases: new Map([['node:24-slim', 'sha256:1']]),
  version: '1.0.0',
  variant: ['linux/amd64'],
};

it.each<[string, Partial<Inputs>]>([
  ['the Dockerfile', { dockerfile: 'FROM scratch\n' }],
  ['the stage', { target: 'builder' }],
  ['the program', { bundle: new Map([...inputs.bundle, ['a.js', text('3')]]) }],
  ['what stands in which file', { bundle: new Map([...inputs.bundle, ['a.js', text('2')], ['a.js.map', text('1')]]) }],
  ['a base image', { bases: new Map([['node:24-slim', 'sha256:2']]) }],
  ['the version', { version: '1.0.1' }],
  ['the platforms', { variant: ['linux/amd64', 'linux/arm64'] }],
  ['what is attached', { variant: ['linux/amd64', 'sbom'] }],
])('another image for another value of %s', (_what, change) => {
  expect(keyOf({ ...inputs, ...change })).not.toBe(keyOf(inputs));
});

it('the same image whatever the order in which files were read', () => {
  expect(keyOf({ ...inputs, bundle: new Map([...inputs.bundle].toReversed()) })).toBe(keyOf(inputs));
});

it('finds the images that a Dockerfile begins with, not its own stages', () => {
  const dockerfile =
    'FROM node:24 AS node\nFROM --platform=linux/arm64 debian:12 as root\nFROM Node AS b\nFROM scratch\nfrom debian:12';

  expect(basesOf(dockerfile)).toEqual(['node:24', 'debian:12']);
});

it.each(images)('the Dockerfile of $name has its stage and takes its program', ({ dockerfile, target, program }) => {
  const content = readFileSync(dockerfile, 'utf8');

  expect(content).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, 'm'));
  expect(content).toContain(`COPY --from=bundle /${dirname(program.file)}/ `);
});

it('refuses an image that is not ours, and names those that are', () => {
  expect(() => selectImages(['nginx'])).toThrow('there is no image "nginx": choose from operator');
});

const request: BuildRequest = {
  dockerfile: 'D',
  target: 't',
  contexts: { bundle: 'dist/b', 'node::linux/arm64': '/node' },
  args: { A: '1' },
  platforms: [],
  sbom: false,
  fresh: false,
  rewriteTimes: false,
  layout: '/out',
};
const line = (argumentsOf: (request: BuildRequest) => string[], change: Partial<BuildRequest> = {}) =>
  argumentsOf({ ...request, ...change }).join(' ');

it.each([
  [
    'buildctl',
    buildctlArguments,
    [
      '--local bundle=dist/b',
      '--opt context:bundle=local:bundle',
      '--opt build-arg:A=1',
      '--local node-linux-arm64=/node',
    ].concat('--opt context:node::linux/arm64=local:node-linux-arm64'),
  ],
  ['docker', dockerArguments, ['--build-context bundle=dist/b', '--build-arg A=1', '--provenance=false']],
])('%s is told to take our folders for the stages of those names', (_program, argumentsOf, expected) => {
  const parts = [...expected, 'type=oci,tar=false,dest=/out'];

  for (const part of parts) expect(line(argumentsOf)).toContain(part);
});

it.each([
  ['buildctl', buildctlArguments, ['--opt platform=linux/amd64,linux/arm64', '--opt attest:sbom=generator=docker/']],
  ['docker', dockerArguments, ['--platform linux/amd64,linux/arm64', '--attest=type=sbom,generator=docker/']],
])(
  '%s is told of platforms, a list of contents, the cache and times only where that is wanted',
  (_, argumentsOf, parts) => {
    const all = line(argumentsOf, {
      platforms: ['linux/amd64', 'linux/arm64'],
      sbom: true,
      fresh: true,
      rewriteTimes: true,
    });

    for (const part of [...parts, '--no-cache', ',rewrite-timestamp=true']) {
      expect(all).toContain(part);
      expect(line(argumentsOf)).not.toContain(part);
    }
  },
);

it('reads platforms in one order, each once, and names those that there are', () => {
  expect(parsePlatforms('linux/arm64,linux/amd64,linux/arm64')).toEqual(['linux/amd64', 'linux/arm64']);
  expect(() => parsePlatforms('linux/arm64,linux/riscv64')).toThrow(
    'linux/riscv64: choose from linux/amd64, linux/arm64',
  );
});

it('refuses the builder for a platform that would have to be emulated, and the operator for none', () => {
  const platforms = ['linux/amd64', 'linux/arm64'] as const;
  const [operator, builder] = images;

  expect(() => operator && expectBuildable(operator, platforms)).not.toThrow();
  expect(() => builder && expectBuildable(builder, platforms)).toThrow(/the image builder runs its own programs/);
});

it('runs nothing in a stage of the platform that the operator is for', () => {
  const stages = readFileSync('Dockerfile', 'utf8').split(/^(?=FROM )/m);
  const running = stages.filter((stage) => /^RUN /m.test(stage)).map((stage) => stage.split('\n')[0]);

  expect(running).toHaveLength(3);
  for (const from of running) expect(from).toMatch(/^FROM --platform=\$BUILDPLATFORM /);
});

it('refuses a key that cannot sign before anything is built, and says why', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vish-key-'));
  const file = join(folder, 'cosign.key');
  writeFileSync(file, '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n');

  await expect(readKey(file)).rejects.toThrow(`--sign ${file}: its key is encrypted in a format of cosign alone`);
  rmSync(folder, { recursive: true });
});

it('tells what each layer takes unpacked, and leaves out instructions without one', async () => {
  const layout = mkdtempSync(join(tmpdir(), 'vish-layers-'));
  await makeBlobFolder(layout);
  const content = gzipSync(Buffer.alloc(2_000_000));
  const layer = { mediaType: mediaTypes.layerGzip, digest: digestOf(content), size: content.length };
  writeFileSync(blobPath(layout, layer.digest), content);
  const history = [{ created_by: 'ENV A=1', empty_layer: true }, { created_by: 'COPY a b # buildkit' }];
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' as const, diff_ids: [] }, history };
  const manifest = { schemaVersion: 2 as const, config: layer, layers: [layer] };

  const sizes = await layerSizes({ layout, descriptor: layer, manifest, config });

  expect(sizes).toEqual([{ madeBy: 'COPY a b', compressed: content.length, bytes: 2_000_000 }]);
  expect(layerTable(sizes).split('\n').at(-1)).toMatch(/2\.0 MB .* all$/);
  rmSync(layout, { recursive: true });
});
