import { createHash } from 'node:crypto';
import type { BuildSettings } from '../crds/build/settings.ts';
import type { Trust } from '../crds/build/status.ts';
import { canonical } from '../kube/index.ts';

/** Everything that an image follows from. */
export interface BuildInputs {
  readonly projectUid: string;
  readonly repositoryId: string;
  readonly commit: string;
  /** Where the image goes: after a change it has to be there, too. */
  readonly imageRepository: string;
  readonly path?: string | undefined;
  readonly build?: BuildSettings | undefined;
  readonly trust: Trust;
}

/** The same inputs give the same identity, whatever the order of keys and with defaults written out or not. */
export function buildIdentity({ path = '.', build = {}, ...inputs }: BuildInputs): string {
  return createHash('sha256')
    .update(canonical({ ...inputs, path, build }))
    .digest('hex');
}

export interface NamedBuild {
  readonly project: string;
  readonly service: string;
  readonly commit: string;
  readonly identity: string;
}

const longest = 63;

/** Name of the Build with this identity, so that who needs it again finds it instead of building again. */
export function buildName({ project, service, commit, identity }: NamedBuild): string {
  const end = `-${commit.slice(0, 7)}-${identity.slice(0, 10)}`;
  const whole = service === project ? project : `${project}-${service}`;
  const start = whole.replaceAll('.', '-').slice(0, longest - end.length);
  return `${start.replace(/-+$/, '')}${end}`;
}
