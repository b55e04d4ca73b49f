import type { z } from 'zod';
import { type Deployment, deployment } from '../../../src/crds/deployment/deployment.ts';
import type { DeploymentSpecInput } from '../../../src/crds/deployment/spec.ts';
import type { ConfigurationCopy, Release } from '../../../src/rollout/release.ts';
import { renderTemplate } from '../../../src/targets/cluster/render/template.ts';

export const image = `registry.example.com/shop/web@sha256:${'a'.repeat(64)}`;

type Cluster = NonNullable<NonNullable<DeploymentSpecInput['target']>['cluster']>;

export interface DeploymentParts {
  readonly workload?: DeploymentSpecInput['workload'];
  readonly cluster?: Cluster;
  readonly strategy?: DeploymentSpecInput['strategy'];
  readonly spec?: Partial<DeploymentSpecInput>;
}

/** shop/web of a ready image on port 8080, with the API server's defaults. */
export function aDeployment({
  workload = {},
  cluster = {},
  strategy = {},
  spec = {},
}: DeploymentParts = {}): Deployment {
  const input: z.input<typeof deployment.schema> = {
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', uid: 'uid-web', resourceVersion: '1' },
    spec: { source: { image }, workload: { port: 8080, ...workload }, target: { cluster }, strategy, ...spec },
  };
  return deployment.schema.parse(input);
}

export function aTemplate(parts: DeploymentParts = {}, configuration: readonly ConfigurationCopy[] = []) {
  return renderTemplate({ deployment: aDeployment(parts), name: 'web-1', image, configuration });
}

export function aRelease(parts: DeploymentParts = {}, fields: Partial<Release> = {}): Release {
  const { workload } = aDeployment(parts).spec;
  const rendered = { template: aTemplate(parts) };
  return {
    number: 1,
    name: 'web-1',
    hash: 'h',
    uid: 'uid-web-1',
    image,
    workload,
    configuration: [],
    rendered,
    ...fields,
  };
}
