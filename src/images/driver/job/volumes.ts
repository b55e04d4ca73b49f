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
  registryLogin: 'registry-login',
} as const;

/** Each credential is a volume of its own, so that a container sees only the one it mounts. */
export function volumesOf(plan: BuildPlan, options: JobOptions): Volume[] {
  const { storage } = options;
  const cache = cacheFor(plan.trust, options);
  const { authorization, registryLogin } = plan.credentials;
  const login = (name: string, key: string): Volume => ({
    name,
    // Readable by the step's user, and mounted into nothing else.
    secret: { secretName: jobNameOf(plan), items: [{ key, path: key }], defaultMode: 0o444 },
  });
  const empty = (name: string): Volume => ({ name, emptyDir: { sizeLimit: String(storage) } });
  return [
    empty(volumes.workspace),
    empty(volumes.layout),
    empty(volumes.scratch),
    cache === undefined
      ? empty(volumes.state)
      : { name: volumes.state, persistentVolumeClaim: { claimName: claimNameOf(plan.projectUid) } },
    ...(authorization === undefined ? [] : [login(volumes.gitLogin, places.authorization)]),
    ...(registryLogin === undefined ? [] : [login(volumes.registryLogin, places.registryLogin)]),
  ];
}
