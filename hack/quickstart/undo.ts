import { delimiter } from 'node:path';
import { until } from '../../test/support/until.ts';
import { usual } from '../git-server/manifests.ts';
import { type RunResult, run } from '../lib/run.ts';
import type { Facts } from './facts.ts';

export type Shell = (script: string) => Promise<RunResult>;

/** With kubectl and helm of the cluster, for the cluster. A failure is an answer. */
export function shellFor({ folders, kubeconfig }: Pick<Facts, 'folders' | 'kubeconfig'>): Shell {
  const PATH = [...folders, process.env['PATH']].join(delimiter);
  const env = { ...process.env, KUBECONFIG: kubeconfig, PATH };
  return (script) => run('bash', ['-c', script], { allowFailure: true, timeoutMs: 550_000, env });
}

/** In the order in which they are undone: a Project takes its app along while there is an operator. */
const cleanUp = {
  'projects.vish/shop': 'kubectl delete projects.vish shop --cascade=foreground --wait --timeout=90s',
  'release/vish': 'helm uninstall vish --namespace vish-system --wait --timeout=90s',
  'namespace/vish-system': 'kubectl delete namespace vish-system --wait --timeout=90s',
  'namespace/git': `kubectl delete namespace ${usual.namespace} --wait --timeout=90s`,
} as const;

/** What a quickstart made, as far as it is there. */
export async function found(shell: Shell): Promise<string[]> {
  const looked = [
    'kubectl get projects.vish shop -o name --ignore-not-found | sed "s|.*/|projects.vish/|"',
    'helm list --namespace vish-system --short --filter "^vish$" | sed "s|^|release/|"',
    `kubectl get namespace vish-system vish-builds vish-builds-untrusted ${usual.namespace} -o name --ignore-not-found`,
  ];
  const said = await Promise.all(looked.map(shell));
  return said.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
}

/** Returns when none of these is there any more. */
export async function undo(shell: Shell, names: readonly string[]): Promise<void> {
  for (const [name, command] of Object.entries(cleanUp)) if (names.includes(name)) await shell(command);
  const left = async () => (await found(shell)).filter((name) => names.includes(name));
  await until(async () => (await left()).length === 0, { deadlineMs: 180_000, everyMs: 500, describe: left });
}
