import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { blobPath, makeBlobFolder } from '../cluster/images/oci/blobs.ts';
import { digestOf } from '../cluster/images/oci/digest.ts';
import { mediaTypes } from '../cluster/images/oci/types.ts';
import { buildctlArguments, dockerArguments } from './builder.ts';
import { images, selectImages } from './images.ts';
import { basesOf, type Inputs, keyOf } from './key.ts';
import { layerSizes, layerTable } from './layers.ts';

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
};

it.each<[string, Partial<Inputs>]>([
  ['the Dockerfile', { dockerfile: 'FROM scratch\n' }],
  ['the stage', { target: 'builder' }],
  ['the program', { bundle: new Map([...inputs.bundle, ['a.js', text('3')]]) }],
  ['what stands in which file', { bundle: new Map([...inputs.bundle, ['a.js', text('2')], ['a.js.map', text('1')]]) }],
  ['a base image', { bases: new Map([['node:24-slim', 'sha256:2']]) }],
  ['the version', { version: '1.0.1' }],
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

const request = { dockerfile: 'D', target: 't', bundle: 'dist/b', args: { A: '1' }, layout: '/out' };

it.each([
  [
    'buildctl',
    buildctlArguments(request),
    ['--local bundle=dist/b', '--opt context:bundle=local:bundle', '--opt build-arg:A=1'],
  ],
  ['docker', dockerArguments(request), ['--build-context bundle=dist/b', '--build-arg A=1', '--provenance=false']],
])('%s is told to take our bundle for the stage of that name', (_program, args, expected) => {
  const line = args.join(' ');

  for (const part of [...expected, 'type=oci,tar=false,dest=/out,rewrite-timestamp=true']) expect(line).toContain(part);
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
