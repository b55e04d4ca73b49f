import { generateKeyPairSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBinaries } from '../cluster/build/builder.ts';
import { createReporter } from '../cluster/cli/reporter.ts';
import { ensureBaseImages } from '../cluster/images/ensure.ts';
import { blobPath, readDocument } from '../cluster/images/oci/blobs.ts';
import type { LayoutImage } from '../cluster/images/oci/layout.ts';
import { attachedAnnotation, indexSchema, manifestSchema } from '../cluster/images/oci/types.ts';
import { startRegistry, type TestRegistry } from '../cluster/images/testing/registry.ts';
import { run } from '../lib/run.ts';
import { buildkitBuilder } from './builder.ts';
import { type EnsureOptions, ensureImage, type Made } from './ensure.ts';
import { selectImages } from './images.ts';
import { readKey, signPushed } from './sign.ts';

const platforms = ['linux/amd64', 'linux/arm64'] as const;
/** What an ELF program says of its processor, 18 bytes in. */
const machines: Readonly<Record<string, number>> = { amd64: 0x3e, arm64: 0xb7 };
const node = 'usr/local/bin/node';

let work: string;
let registry: TestRegistry;
let released: Made;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-image-'));
  registry = await startRegistry(work);
  const only = ['node-slim', 'syft-scanner'];
  await ensureBaseImages({ registry, report: createReporter(), only });
  released = await build({ push: `${registry.host}/vish`, platforms, sbom: true });
}, 1_800_000);

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

async function build(options: Partial<EnsureOptions>): Promise<Made> {
  const report = createReporter();
  const mirror = `[registry."docker.io"]\nmirrors = ["${registry.host}"]\n[registry."${registry.host}"]\nhttp = true\n`;
  const [operator] = selectImages(['operator']);
  if (operator === undefined) throw new Error('there is no image of the operator');
  return ensureImage(operator, { builder: buildkitBuilder(mirror, report), report, fresh: true, ...options });
}

interface Entry {
  mode: string;
  day: string;
  path: string;
}

/** All that the layers bring. */
async function entriesOf({ layout, manifest }: LayoutImage): Promise<Entry[]> {
  const env = { ...process.env, TZ: 'UTC' };
  const lists = manifest.layers.map(({ digest }) => run('tar', ['-tvzf', blobPath(layout, digest)], { env }));
  const lines = (await Promise.all(lists)).flatMap(({ stdout }) => stdout.trim().split('\n'));
  return lines.map((line) => {
    const [mode = '', , , day = '', , path = ''] = line.split(/\s+/);
    return { mode, day, path };
  });
}

/** The first bytes of node's program. */
async function programOf({ layout, manifest }: LayoutImage): Promise<Buffer> {
  for (const { digest } of manifest.layers) {
    const target = await mkdtemp(join(work, 'node-'));
    const { code } = await run('tar', ['-xzf', blobPath(layout, digest), '-C', target, node], { allowFailure: true });
    if (code !== 0) continue;
    for await (const chunk of createReadStream(join(target, node), { end: 63 })) return chunk as Buffer;
  }
  throw new Error(`no layer has ${node}`);
}

interface Listed {
  predicateType: string;
  predicate: { packages: { name: string; versionInfo?: string }[] };
}

/** The lists of contents, with the digest of the image that each is of. */
async function lists({ content: { layout, descriptor } }: Made): Promise<[of: string | undefined, Listed][]> {
  const { manifests } = indexSchema.parse(await readDocument(layout, descriptor.digest));
  const attached = manifests.filter(({ annotations }) => annotations?.[attachedAnnotation] !== undefined);
  return Promise.all(
    attached.map(async ({ digest, annotations }) => {
      const { layers } = manifestSchema.parse(await readDocument(layout, digest));
      expect(layers).toHaveLength(1);
      const list = (await readDocument(layout, layers[0]?.digest ?? '')) as Listed;
      return [annotations?.[attachedAnnotation], list];
    }),
  );
}

it('is an index of an image for each platform, with node for that processor', async () => {
  const { images } = released.content;

  expect(images.map(({ config }) => `${config.os}/${config.architecture}`)).toEqual(platforms);
  for (const image of images) {
    const program = await programOf(image);
    expect(program.subarray(1, 4).toString()).toBe('ELF');
    expect(program.readUInt16LE(18)).toBe(machines[image.config.architecture]);
  }
});

it('has the same digest when it is built again from nothing', async () => {
  const again = await build({});

  const architecture = again.content.images[0]?.config.architecture;
  const first = released.content.images.find(({ config }) => config.architecture === architecture);
  expect(again.digest).toBe(first?.descriptor.digest);
});

it('has layers without any time, so that those of another commit are the same but for the program', async () => {
  for (const image of released.content.images) {
    const days = new Set((await entriesOf(image)).map(({ day }) => day));
    expect([...days]).toEqual(['1970-01-01']);
  }
});

it('runs as a user without rights, and holds no program but node: no shell', async () => {
  for (const image of released.content.images) {
    const files = (await entriesOf(image)).filter(({ mode }) => !mode.startsWith('d'));
    const executable = files.filter(({ mode, path }) => mode.includes('x') && !/\.so(\.|$)/.test(path));

    expect(image.config.config).toMatchObject({
      User: '65532:65532',
      Entrypoint: expect.arrayContaining([`/${node}`]),
    });
    expect(executable.filter(({ mode }) => mode.startsWith('-')).map(({ path }) => path)).toEqual([node]);
    expect(files.filter(({ mode }) => /s|t/.test(mode))).toEqual([]);
  }
});

it('carries for each platform a list of what is inside, down to the packages in the bundle', async () => {
  const found = await lists(released);

  expect(found.map(([of]) => of)).toEqual(released.content.images.map(({ descriptor }) => descriptor.digest));
  for (const [, { predicateType, predicate }] of found) {
    const names = predicate.packages.map(({ name }) => name);
    expect(predicateType).toBe('https://spdx.dev/Document');
    expect(names).toEqual(expect.arrayContaining(['libc6', 'tzdata', 'node', 'undici', '@kubernetes/client-node']));
  }
});

it('is signed so that cosign verifies it by the public key alone', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const [secret, open] = [join(work, 'cosign.key'), join(work, 'cosign.pub')];
  await writeFile(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(open, publicKey.export({ type: 'spki', format: 'pem' }));

  await signPushed(released, await readKey(secret));

  const { cosign = '' } = await ensureBinaries(['cosign'], createReporter());
  const place = `${released.reference.replace(/:[^:/]*$/, '')}@${released.digest}`;
  const verify = ['verify', '--key', open, '--insecure-ignore-tlog', '--allow-http-registry', place];
  const { stdout } = await run(cosign, verify, { env: { ...process.env, HOME: work } });
  expect(stdout).toContain(released.digest);
});
