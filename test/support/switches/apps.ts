import { isTrue } from '../../../src/crds/conditions/conditions.ts';
import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import type { Stored } from '../../../src/kube/client/client.ts';
import { deployments } from '../../../src/objects/vish.ts';
import type { Connected } from '../../harness/connect.ts';

export interface AppOptions {
  readonly namespace: string;
  readonly name: string;
  readonly strategy: object;
  readonly replicas?: number;
  /** What stands in `workload` besides. */
  readonly workload?: object;
  readonly cluster?: object;
  readonly image?: string;
}

/** Nothing pulls it where the nodes are hollow, and nobody asks a registry for a digest. */
export const hollowImage = `registry.example.com/web@sha256:${'1'.repeat(64)}`;
/** The other variables of a middling app. */
const settings = Array.from({ length: 10 }, (_, at) => ({ name: `SETTING_${at}`, value: `value of setting ${at}` }));

export function anApp({ namespace, name, strategy, ...more }: AppOptions): Deployment {
  const { replicas = 1, workload, cluster, image = hollowImage } = more;
  const spec = {
    source: { image },
    strategy,
    workload: { port: 8080, scale: { replicas }, env: environment(0), ...workload },
    ...(cluster && { target: { cluster } }),
  };
  return { metadata: { namespace, name }, spec } as unknown as Deployment;
}

/** Another value is another release. */
export function environment(version: number) {
  return [{ name: 'VERSION', value: String(version) }, ...settings];
}

/** Asks for a release with these variables; the Deployment as the server stored it. */
export function release({ client }: Connected, key: { namespace: string; name: string }, env: readonly object[]) {
  return client.patch(deployments, key, { spec: { workload: { env } } }, { type: 'merge' });
}

/** Ready at this generation or a later one. */
export function isReady(generation = 0): (deployment: Stored<Deployment>) => boolean {
  return ({ metadata, status }) =>
    isTrue(status?.conditions ?? [], 'Ready') &&
    (status?.observedGeneration ?? 0) >= generation &&
    status?.observedGeneration === metadata.generation;
}

export const blueGreenAtOnce = { type: 'BlueGreen', blueGreen: { previous: { warmSeconds: 0 } } };
