import { createHash } from 'node:crypto';
import type { DeploymentSpec } from '../../../crds/deployment/spec.ts';
import type { ReleaseRecord } from '../../../crds/deployment/status.ts';
import { canonical } from '../../../kube/index.ts';
import type { Held } from '../configuration/configuration.ts';

/** What runs: a build's image, or what the user wrote, whose tag is looked up once for each release. */
export type Artifact =
  | {
      readonly from: 'Build';
      readonly image: string;
      readonly commit: string;
      readonly trust?: 'Trusted' | 'Untrusted';
      /** Secret that the Project pushed it with: the nodes pull with it unless the Deployment names Secrets of its own. */
      readonly pullSecret?: string;
    }
  | { readonly from: 'Reference'; readonly reference: string };

/** The parts that identify a release, each as a hash: a difference in one says what started the next. */
export interface Identity {
  readonly artifact: string;
  readonly settings: string;
  readonly configMaps: string;
  readonly secrets: string;
  readonly restartedAt: string;
}

export interface Candidate {
  readonly artifact: Artifact;
  readonly spec: DeploymentSpec;
  readonly held: readonly Held[];
  readonly restartedAt: string | undefined;
}

export function identityOf({ artifact, spec, held, restartedAt = '' }: Candidate): Identity {
  const ofKind = (kind: Held['kind']) =>
    held.flatMap((each) => (each.kind === kind && each.digest !== undefined ? [[each.name, each.digest]] : []));
  return {
    artifact: hashOf(artifact.from === 'Build' ? artifact.image : artifact.reference),
    settings: hashOf({ ...settingsOf(spec), pullSecret: pullSecretOf({ artifact, spec }) }),
    configMaps: hashOf(ofKind('ConfigMap')),
    secrets: hashOf(ofKind('Secret')),
    restartedAt,
  };
}

export function hashOfIdentity(identity: Identity): string {
  return hashOf([identity.artifact, identity.settings, identity.configMaps, identity.secrets, identity.restartedAt]);
}

export function causeOf(
  identity: Identity,
  before: Identity | undefined,
  { artifact, spec }: Pick<Candidate, 'artifact' | 'spec'>,
): ReleaseRecord['cause'] {
  const byArtifact = artifact.from === 'Build' ? 'Commit' : 'Spec';
  if (before === undefined || identity.artifact !== before.artifact) return byArtifact;
  if (identity.restartedAt !== before.restartedAt) return 'Restart';
  if (identity.settings !== before.settings) return 'Spec';
  if (identity.configMaps !== before.configMaps) return 'ConfigMap';
  return spec.onSecretChange === 'Release' ? 'Secret' : 'Restart';
}

/** Scale and strategy start no release, nor does what stands beside the replicas: the way in, and the budget. */
function settingsOf({ workload, target }: DeploymentSpec): object {
  const { scale: _scale, ...runs } = workload;
  const { gateway: _gateway, disruptionBudget: _budget, adopt: _adopt, ...place } = target.cluster ?? {};
  return { runs, place };
}

/** Who adds the login after the pods could not pull wants another release. */
export function pullSecretOf({ artifact, spec }: Pick<Candidate, 'artifact' | 'spec'>): string | undefined {
  if (artifact.from !== 'Build' || spec.target.cluster?.imagePullSecrets !== undefined) return undefined;
  return artifact.pullSecret;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}
