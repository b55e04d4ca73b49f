import { run } from '../lib/run.ts';

export const chartFolder = 'charts/vish';

export interface RenderOptions {
  readonly helm: string;
  /** `name=value` as for --set. Default: the chart's own values. */
  readonly set?: readonly string[];
}

/** The chart's manifests for the release and namespace that the documentation uses. */
export async function renderChart({ helm, set = [] }: RenderOptions): Promise<string> {
  const values = set.flatMap((value) => ['--set', value]);
  return (await run(helm, ['template', 'vish', chartFolder, '--namespace', 'vish-system', ...values])).stdout;
}

const namespace = `apiVersion: v1
kind: Namespace
metadata:
  name: vish-system
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;

/** For those who install without Helm: the same objects, without the kinds, which stand in config/crd. */
export async function installFile(helm: string): Promise<readonly [string, string]> {
  const note = '# Generated from charts/vish by `npm run generate`; change it there.\n';
  // Whose release it is means nothing without Helm.
  const rendered = (await renderChart({ helm, set: ['crds.enabled=false'] })).replaceAll(
    'app.kubernetes.io/managed-by: Helm',
    'app.kubernetes.io/managed-by: kubectl',
  );
  return ['config/install/operator.yaml', `${note}${namespace}${rendered}`];
}
