import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/seams/system.ts';
import { bundle } from '../build/bundle.ts';
import { cacheRoot } from '../cluster/build/builder.ts';
import type { Reporter } from '../cluster/driver.ts';
import type { LayoutImage } from '../cluster/images/oci/layout.ts';
import { push } from '../cluster/images/oci/push.ts';
import { parseReference } from '../cluster/images/oci/reference.ts';
import { Registry } from '../cluster/images/oci/registry.ts';
import { Store } from '../cluster/images/store.ts';
import { run } from '../lib/run.ts';
import type { Builder } from './builder.ts';
import type { OurImage } from './images.ts';
import { basesOf, keyOf } from './key.ts';

export interface EnsureOptions {
  readonly builder: Builder;
  readonly report: Reporter;
  /** `host:port/folder` of a registry that speaks plain HTTP; the image's name is put behind it. Default: nothing is pushed. */
  readonly push?: string | undefined;
}

export interface Made {
  readonly name: string;
  /** Where it was pushed, with tag; the tag alone without a push. */
  readonly reference: string;
  readonly digest: string;
  /** Where its content lies on this machine. */
  readonly image: LayoutImage;
  /** False when nothing that goes into it had changed. */
  readonly built: boolean;
}

/** Leaves the image in the cache and, when asked, in the registry. Without a change of its inputs nothing is built. */
export async function ensureImage(image: OurImage, options: EnsureOptions): Promise<Made> {
  const registry = options.push === undefined ? undefined : registryOf(options.push);
  const dockerfile = await readFile(image.dockerfile, 'utf8');
  const bundleFolder = join('dist', 'image', image.name);
  const files = await makeBundle(image, bundleFolder);
  const version = await versionOfPackage();
  const bases = await digestsOf(basesOf(dockerfile), registry);
  const key = keyOf({ dockerfile, target: image.target, bundle: files, bases, version });
  const store = new Store(join(cacheRoot(), 'our-images'));
  const place = `${image.name}-${key}`;
  const found = await store.find(place);
  const made = found ?? (await build(image, { store, place, bundle: bundleFolder, version }, options));
  if (registry) await push({ registry, ...made, reference: `${options.push}/${image.name}:${key}` });
  return {
    name: image.name,
    reference: registry ? `${options.push}/${image.name}:${key}` : key,
    digest: made.descriptor.digest,
    image: made,
    built: found === undefined,
  };
}

interface Build {
  store: Store;
  place: string;
  bundle: string;
  version: string;
}

/** Enough for the branches that somebody goes back and forth between; each takes 50 MB or more. */
const kept = 5;

async function build(image: OurImage, inputs: Build, { builder, report }: EnsureOptions): Promise<LayoutImage> {
  const { store, place, bundle, version } = inputs;
  const { name, dockerfile, target } = image;
  report.say(`building the image ${name}`);
  await store.sweep(systemClock);
  const layout = await store.workFolder();
  const args = { ...(await commitFacts()), VISH_VERSION: version };
  await builder({ dockerfile, target, bundle, args, layout });
  const made = await store.keep(place, layout);
  await store.keepNewest(`${name}-`, kept);
  return made;
}

/** The same folder and file names as the stage `bundle` of the Dockerfile has. */
async function makeBundle({ program }: OurImage, folder: string): Promise<Map<string, Uint8Array>> {
  await rm(folder, { recursive: true, force: true });
  const outfile = join(folder, program.file);
  await bundle({ entry: program.entry, outfile });
  const names = (await readdir(dirname(outfile))).sort();
  const files = names.map(async (name) => [name, await readFile(join(dirname(outfile), name))] as const);
  return new Map(await Promise.all(files));
}

async function versionOfPackage(): Promise<string> {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  return version;
}

/** Which commit had this content first. Not among the inputs: a commit that changes nothing inside needs no new image. */
async function commitFacts(): Promise<Record<string, string>> {
  const { code, stdout } = await run('git', ['log', '-1', '--format=%H %ct'], { allowFailure: true });
  const [commit = 'unknown', time = '0'] = code === 0 ? stdout.trim().split(' ') : [];
  return { VISH_COMMIT: commit, SOURCE_DATE_EPOCH: time };
}

/** The local registry is what base images are asked from first, so a base that changed there is a new input. */
async function digestsOf(bases: readonly string[], registry: Registry | undefined): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const base of bases) {
    const { repository, tag } = parseReference(base);
    digests.set(base, (await registry?.digestOfTag(repository, tag)) ?? 'elsewhere');
  }
  return digests;
}

function registryOf(place: string): Registry {
  return new Registry({ url: `http://${place.split('/')[0] ?? ''}` });
}
