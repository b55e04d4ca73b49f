import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/seams/system.ts';
import { cacheRoot } from '../cluster/build/builder.ts';
import type { Reporter } from '../cluster/driver.ts';
import { type LayoutImages, readImages } from '../cluster/images/oci/layout.ts';
import { push } from '../cluster/images/oci/push.ts';
import { Registry } from '../cluster/images/oci/registry.ts';
import { Store } from '../cluster/images/store.ts';
import { type Builder, sbomGenerator } from './builder.ts';
import type { OurImage } from './images.ts';
import { commitFacts, digestsOf, makeBundle, versionOfPackage } from './inputs.ts';
import { basesOf, keyOf } from './key.ts';
import { nodePrograms } from './node-program.ts';
import { expectBuildable, type Platform } from './platforms.ts';

export interface EnsureOptions {
  readonly builder: Builder;
  readonly report: Reporter;
  /** `host:port/folder` of a registry that speaks plain HTTP; the image's name is put behind it. Default: nothing is pushed. */
  readonly push?: string | undefined;
  /** Default: this machine's, as an image and not as an index. */
  readonly platforms?: readonly Platform[];
  /** Attaches a list of what is inside. Default: false. */
  readonly sbom?: boolean;
  /** Takes nothing of earlier builds, so that the digest tells of this commit alone. Default: false. */
  readonly fresh?: boolean;
}

export interface Made {
  readonly name: string;
  /** Where it was pushed, with tag; the tag alone without a push. */
  readonly reference: string;
  readonly digest: string;
  /** Where its content lies on this machine. */
  readonly content: LayoutImages;
  /** False when nothing that goes into it had changed. */
  readonly built: boolean;
}

/** Leaves the image in the cache and, when asked, in the registry. Without a change of its inputs nothing is built. */
export async function ensureImage(image: OurImage, options: EnsureOptions): Promise<Made> {
  expectBuildable(image, options.platforms ?? []);
  const registry = options.push === undefined ? undefined : registryOf(options.push);
  const bundleFolder = join('dist', 'image', image.name);
  const files = await makeBundle(image, bundleFolder);
  const [version, facts] = await Promise.all([versionOfPackage(), commitFacts()]);
  const key = await keyFor(image, { files, version, commit: facts.VISH_COMMIT, registry }, options);
  const store = new Store(join(cacheRoot(), 'our-images'), readImages);
  const place = `${image.name}-${key}`;
  const found = options.fresh === true ? undefined : await store.find(place);
  const args = { ...facts, VISH_VERSION: version };
  const made = found ?? (await build(image, { store, place, bundle: bundleFolder, args }, options));
  if (registry) await push({ registry, ...made, reference: `${options.push}/${image.name}:${key}` });
  return {
    name: image.name,
    reference: registry ? `${options.push}/${image.name}:${key}` : key,
    digest: made.descriptor.digest,
    content: made,
    built: found === undefined,
  };
}

interface Facts {
  files: ReadonlyMap<string, Uint8Array>;
  version: string;
  commit: string;
  registry: Registry | undefined;
}

async function keyFor({ dockerfile: file, target }: OurImage, facts: Facts, options: EnsureOptions): Promise<string> {
  const { files, version, commit, registry } = facts;
  const { platforms = [], sbom = false, fresh = false } = options;
  const dockerfile = await readFile(file, 'utf8');
  const bases = await digestsOf([...basesOf(dockerfile), ...(sbom ? [sbomGenerator] : [])], registry);
  const variant = [...platforms, ...(sbom ? ['sbom'] : []), ...(fresh ? [commit] : [])];
  return keyOf({ dockerfile, target, bundle: files, bases, version, variant });
}

interface Build {
  store: Store<LayoutImages>;
  place: string;
  bundle: string;
  args: Readonly<Record<string, string>>;
}

/** Enough for the branches that somebody goes back and forth between; each takes 50 MB or more. */
const kept = 5;

async function build(image: OurImage, inputs: Build, options: EnsureOptions): Promise<LayoutImages> {
  const { store, place, bundle, args } = inputs;
  const { builder, report, platforms = [], sbom = false, fresh = false } = options;
  const { name, dockerfile, target, runsWhileBuilt: rewriteTimes = false } = image;
  report.say(`building the image ${name}`);
  await store.sweep(systemClock);
  const layout = await store.workFolder();
  const contexts = { bundle, ...(await nodePrograms(platforms)) };
  await builder({ dockerfile, target, contexts, args, platforms, sbom, fresh, rewriteTimes, layout });
  if (fresh) await store.remove(place);
  const made = await store.keep(place, layout);
  await store.keepNewest(`${name}-`, kept);
  return made;
}

function registryOf(place: string): Registry {
  return new Registry({ url: `http://${place.split('/')[0] ?? ''}` });
}
