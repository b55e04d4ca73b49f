import type { PodTemplate } from '../../../objects/workloads.ts';
import { places } from '../../steps/plans.ts';
import type { BuildPlan } from '../driver.ts';
import { claimNameOf, jobNameOf } from './names.ts';
import { cacheFor, type JobOptions } from './options.ts';

type Volume = NonNullable<NonNullable<PodTemplate['spec']>['volumes']>[number];

export const volumes = {
  workspace: 'workspace',
  layout: 'layout',
  state: 'state',
  scratch: 'scratch',
  gitLogin: 'git-login',
  gitKey: 'git-key',
  registryLogin: 'registry-login',
} as const;

/** Each credential is a volume of its own, so that a container sees only the one it mounts. */
export function volumesOf(plan: BuildPlan, options: JobOptions): Volume[] {
  const { storage } = options;
  const cache = cacheFor(plan.trust, options);
  const { registryLogin } = plan.credentials;
  const login = (name: string, keys: readonly string[]): Volume => ({
    name,
    // Readable by the step's user, and mounted into nothing else.
    secret: { secretName: jobNameOf(plan), items: keys.map((key) => ({ key, path: key })), defaultMode: 0o444 },
  });
  const gitLogin = gitFiles(plan);
  const empty = (name: string): Volume => ({ name, emptyDir: { sizeLimit: String(storage) } });
  return [
    empty(volumes.workspace),
    empty(volumes.layout),
    empty(volumes.scratch),
    cache === undefined
      ? empty(volumes.state)
      : { name: volumes.state, persistentVolumeClaim: { claimName: claimNameOf(plan.projectUid) } },
    ...(gitLogin.length === 0 ? [] : [login(volumes.gitLogin, gitLogin)]),
    // In memory, and mounted into the clone step alone.
    ...(plan.credentials.ssh ? [{ name: volumes.gitKey, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }] : []),
    ...(registryLogin === undefined ? [] : [login(volumes.registryLogin, [places.registryLogin])]),
  ];
}

/** What the clone step finds of credentials, by the names of its files. */
export function gitFiles({ credentials }: Pick<BuildPlan, 'credentials'>): string[] {
  return [
    ...(credentials.authorization === undefined ? [] : [places.authorization]),
    ...(credentials.ssh ? [places.privateKey, places.knownHosts] : []),
  ];
}
