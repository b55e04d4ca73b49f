import type { PodTemplate } from '../../../objects/workloads.ts';
import { places } from '../../steps/plans.ts';
import type { BuildPlan } from '../driver.ts';
import { claimNameOf, jobNameOf } from './names.ts';
import { cacheFor, type DockerOptions, dockerFor, type JobOptions } from './options.ts';

type Volume = NonNullable<NonNullable<PodTemplate['spec']>['volumes']>[number];

export const volumes = {
  workspace: 'workspace',
  layout: 'layout',
  state: 'state',
  engine: 'engine',
  secrets: 'secrets',
  scratch: 'scratch',
  gitLogin: 'git-login',
  gitKey: 'git-key',
  registryLogin: 'registry-login',
} as const;

/** Each credential is a volume of its own, so that a container sees only the one it mounts. */
export function volumesOf(plan: BuildPlan, options: JobOptions): Volume[] {
  const { storage } = options;
  const cache = cacheFor(plan.trust, options);
  const { registryLogin, buildSecrets = {} } = plan.credentials;
  const files = (name: string, items: { key: string; path: string }[]): Volume => ({
    name,
    // Readable by the step's user, and mounted into nothing else.
    secret: { secretName: jobNameOf(plan), items, defaultMode: 0o444 },
  });
  const login = (name: string, keys: readonly string[]) =>
    files(
      name,
      keys.map((key) => ({ key, path: key })),
    );
  const ids = Object.keys(buildSecrets);
  const gitLogin = gitFiles(plan);
  const empty = (name: string): Volume => ({ name, emptyDir: { sizeLimit: String(storage) } });
  const docker = dockerFor(plan.trust, options);
  const claimName = claimNameOf(plan.projectUid);
  const state: Volume =
    cache === undefined ? empty(volumes.state) : { name: volumes.state, persistentVolumeClaim: { claimName } };
  return [
    empty(volumes.workspace),
    empty(volumes.layout),
    empty(volumes.scratch),
    docker === undefined ? state : engineVolume(docker),
    ...(gitLogin.length === 0 ? [] : [login(volumes.gitLogin, gitLogin)]),
    // In memory, and mounted into the clone step alone.
    ...(plan.credentials.ssh ? [{ name: volumes.gitKey, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }] : []),
    ...(registryLogin === undefined ? [] : [login(volumes.registryLogin, [places.registryLogin])]),
    ...(ids.length === 0
      ? []
      : [
          files(
            volumes.secrets,
            ids.map((id) => ({ key: buildSecretKey(id), path: id })),
          ),
        ]),
  ];
}

const socketScheme = 'unix://';

function engineVolume({ host, tlsSecret = '' }: DockerOptions): Volume {
  if (!host.startsWith(socketScheme)) {
    return { name: volumes.engine, secret: { secretName: tlsSecret, defaultMode: 0o444 } };
  }
  return { name: volumes.engine, hostPath: { path: host.slice(socketScheme.length), type: 'Socket' } };
}

/** Beside the logins, and never under the name of one. */
export function buildSecretKey(id: string): string {
  return `secret-${id}`;
}

/** What the clone step finds of credentials, by the names of its files. */
export function gitFiles({ credentials }: Pick<BuildPlan, 'credentials'>): string[] {
  return [
    ...(credentials.authorization === undefined ? [] : [places.authorization]),
    ...(credentials.ssh ? [places.privateKey, places.knownHosts] : []),
  ];
}
