import { parseArgs } from 'node:util';
import type { ClusterRequest } from '../driver.ts';
import { defaultName } from '../paths.ts';

export const actions = ['up', 'down', 'status', 'env', 'load', 'logs', 'reset'] as const;
export type Action = (typeof actions)[number];

export interface CommandLine {
  readonly action: Action;
  readonly request: ClusterRequest;
  /** Archives for `load`, a component for `logs`. */
  readonly operands: readonly string[];
  readonly follow: boolean;
  readonly json: boolean;
}

export const usage = `Usage: npm run cluster -- ACTION [options]

  up       make the cluster, or repair it; nothing happens when it is healthy
  down     stop it and remove everything it put on the machine; its data stays
  reset    down, forget its data, up
  status   what runs, at which address, in which version; exit code 1 when a part is down
  env      print lines for the shell: eval "$(npm run --silent cluster -- env)"
  load     FILE...  put image archives (docker or OCI) where pods find them
  logs     [COMPONENT] [-f]  show logs

  --name NAME      which cluster (default ${defaultName}; its kubeconfig is .vish/kubeconfig)
  --api-only       only etcd, API server and controller-manager, for tests
  --hollow N       with --api-only: N nodes that pretend to run pods
  --context NAME   use this context of your own kubeconfig instead of making a cluster
  --json           status as JSON
`;

const maxHollowNodes = 1000;

/** Reads the command line; throws a message that says what to write instead. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      name: { type: 'string', default: defaultName },
      'api-only': { type: 'boolean', default: false },
      hollow: { type: 'string', default: '0' },
      context: { type: 'string' },
      follow: { type: 'boolean', short: 'f', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [action, ...operands] = positionals;
  if (!isAction(action)) throw new Error(`unknown action "${action ?? ''}"\n\n${usage}`);
  if (action === 'load' && operands.length === 0) throw new Error('load needs at least one image archive');
  const hollowNodes = parseHollow(values.hollow, values['api-only']);
  const base = { name: values.name, apiOnly: values['api-only'], hollowNodes };
  const request = values.context === undefined ? base : { ...base, context: values.context };
  return { action, request, operands, follow: values.follow, json: values.json };
}

function isAction(word: string | undefined): word is Action {
  return actions.some((action) => action === word);
}

function parseHollow(text: string, apiOnly: boolean): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0 || count > maxHollowNodes) {
    throw new Error(`--hollow ${text}: write a number from 0 to ${maxHollowNodes}`);
  }
  if (count > 0 && !apiOnly) throw new Error('--hollow needs --api-only: a full cluster has a real node');
  return count;
}
