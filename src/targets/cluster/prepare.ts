import type { Deployment } from '../../crds/deployment/deployment.ts';
import { isKubeError, type KubeError } from '../../kube/index.ts';
import type { Release } from '../../rollout/release.ts';
import { TargetError } from '../target.ts';
import { replicaSetFor } from './replica-set.ts';

/** Of no size, so that nothing but the template is in question. */
export function trialOf(deployment: Deployment, release: Release) {
  return replicaSetFor(deployment, release, { replicas: 0, sizedFor: 0, minReadySeconds: 0 });
}

const longest = 700;

/** The server's own words, which name the field; the rest of a very long list of them helps nobody. */
export function refusedTemplate(error: unknown): unknown {
  if (!isKubeError(error) || !isVerdict(error)) return error;
  const causes = error.causes.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const said = causes === '' ? error.message : causes;
  const message = said.length > longest ? `${said.slice(0, longest)} …` : said;
  return new TargetError('InvalidTemplate', `the API server refuses the pod template: ${message}`, { cause: error });
}

/** A webhook of the cluster that says no does so as Forbidden, like a right that we lack. */
function isVerdict({ code, message }: KubeError): boolean {
  return code === 'Invalid' || (code === 'Forbidden' && message.includes('admission webhook'));
}
