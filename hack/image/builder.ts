import { join } from 'node:path';
import { cacheRoot } from '../cluster/build/builder.ts';
import { startBuildkitd } from '../cluster/build/buildkitd.ts';
import type { Reporter } from '../cluster/driver.ts';
import { withLock } from '../cluster/lock.ts';
import { run } from '../lib/run.ts';

export interface BuildRequest {
  readonly dockerfile: string;
  readonly target: string;
  /** Folder that stands for the stage `bundle`. */
  readonly bundle: string;
  readonly args: Readonly<Record<string, string>>;
  /** Folder that becomes an OCI layout. */
  readonly layout: string;
}

/** Makes an OCI layout of one stage of a Dockerfile in the current folder. */
export type Builder = (request: BuildRequest) => Promise<void>;

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

export function buildctlArguments({ dockerfile, target, bundle, args, layout }: BuildRequest): string[] {
  const options = { filename: dockerfile, target, 'context:bundle': 'local:bundle', ...prefixed('build-arg:', args) };
  return ['build', '--progress=plain', '--frontend=dockerfile.v0'].concat(
    pairs('--local', { context: '.', dockerfile: '.', bundle }),
    pairs('--opt', options),
    ['--output', output(layout)],
  );
}

export function dockerArguments({ dockerfile, target, bundle, args, layout }: BuildRequest): string[] {
  return ['buildx', 'build', '--progress=plain', '--provenance=false', '--file', dockerfile].concat(
    ['--target', target, '--build-context', `bundle=${bundle}`],
    pairs('--build-arg', args),
    ['--output', output(layout), '.'],
  );
}

function pairs(flag: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
}

/** Times in the layers are set to SOURCE_DATE_EPOCH, so that the same content has the same digest. */
function output(layout: string): string {
  return `type=oci,tar=false,dest=${layout},rewrite-timestamp=true`;
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}
