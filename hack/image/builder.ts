import { join } from 'node:path';
import { cacheRoot } from '../cluster/build/builder.ts';
import { startBuildkitd } from '../cluster/build/buildkitd.ts';
import type { Reporter } from '../cluster/driver.ts';
import { withLock } from '../cluster/lock.ts';
import { run } from '../lib/run.ts';
import type { Platform } from './platforms.ts';

/** Stage to the folder that stands for it; `STAGE::PLATFORM` for one platform alone. */
export type Contexts = Readonly<Record<string, string>>;

export interface BuildRequest {
  readonly dockerfile: string;
  readonly target: string;
  readonly contexts: Contexts;
  readonly args: Readonly<Record<string, string>>;
  /** Default, when it is empty: that of the machine. */
  readonly platforms: readonly Platform[];
  /** Attaches a list of what is inside. */
  readonly sbom: boolean;
  /** Takes nothing of earlier builds. */
  readonly fresh: boolean;
  /** Sets times in the layers that are later than SOURCE_DATE_EPOCH to it. */
  readonly rewriteTimes: boolean;
  /** Folder that becomes an OCI layout. */
  readonly layout: string;
}

/** Makes an OCI layout of one stage of a Dockerfile in the current folder. */
export type Builder = (request: BuildRequest) => Promise<void>;

/** The image that lists contents: BuildKit's own choice, named here because a change of it is a new input. */
export const sbomGenerator = 'docker/buildkit-syft-scanner:stable-1';

const deadlineMs = 15 * 60_000;

/** BuildKit as the bare cluster builds it, started for this one build; what it keeps makes the next one quick. */
export function buildkitBuilder(registries: string, report: Reporter): Builder {
  const folder = join(cacheRoot(), 'buildkit');
  const lock = {
    purpose: 'building an image',
    deadlineMs,
    onWait: (holder: string) => report.say(`waiting for ${holder}`),
  };
  return (request) =>
    withLock(`${folder}.lock`, lock, async () => {
      await using buildkit = await startBuildkitd({ folder, registries, report });
      await run(buildkit.buildctl, ['--addr', buildkit.address, ...buildctlArguments(request)], {
        timeoutMs: deadlineMs,
      });
    });
}

/** The machine's Docker, with buildx. Its driver must be able to write OCI layouts: a builder of its own, or containerd's store. */
export const dockerBuilder: Builder = async (request) => {
  await run('docker', dockerArguments(request), { timeoutMs: deadlineMs });
};

export function buildctlArguments(request: BuildRequest): string[] {
  const { dockerfile, target, contexts, args, platforms, sbom, fresh } = request;
  const folders = Object.entries(contexts).map(([stage, folder]) => ({ stage, folder, local: localName(stage) }));
  const options = {
    filename: dockerfile,
    target,
    ...Object.fromEntries(folders.map(({ stage, local }) => [`context:${stage}`, `local:${local}`])),
    ...prefixed('build-arg:', args),
    ...(platforms.length > 0 && { platform: platforms.join(',') }),
    ...(sbom && { 'attest:sbom': `generator=${sbomGenerator}` }),
  };
  const locals = Object.fromEntries(folders.map(({ local, folder }) => [local, folder]));
  return ['build', '--progress=plain', '--frontend=dockerfile.v0', ...(fresh ? ['--no-cache'] : [])].concat(
    pairs('--local', { context: '.', dockerfile: '.', ...locals }),
    pairs('--opt', options),
    ['--output', output(request)],
  );
}

export function dockerArguments(request: BuildRequest): string[] {
  const { dockerfile, target, contexts, args, platforms, sbom, fresh } = request;
  // Provenance tells when it was built and for how long, so no two builds would be equal.
  return ['buildx', 'build', '--progress=plain', '--provenance=false', '--file', dockerfile].concat(
    ['--target', target],
    pairs('--build-context', contexts),
    pairs('--build-arg', args),
    platforms.length > 0 ? ['--platform', platforms.join(',')] : [],
    sbom ? [`--attest=type=sbom,generator=${sbomGenerator}`] : [],
    fresh ? ['--no-cache'] : [],
    ['--output', output(request), '.'],
  );
}

function pairs(flag: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
}

/** `node::linux/arm64` cannot be said behind `local:`. */
function localName(stage: string): string {
  return stage.replaceAll(/[^a-z0-9]+/g, '-');
}

function output({ layout, rewriteTimes }: BuildRequest): string {
  return `type=oci,tar=false,dest=${layout}${rewriteTimes ? ',rewrite-timestamp=true' : ''}`;
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}
