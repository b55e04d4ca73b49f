import { parseArgs } from 'node:util';
import type { ClusterRequest } from '../driver.ts';
import { defaultName, pathsOf } from '../paths.ts';

const actions = ['up', 'down', 'status', 'env', 'load', 'logs', 'reset', 'help'] as const;
export type Action = (typeof actions)[number];

export interface CommandLine {
  readonly action: Action;
  readonly request: ClusterRequest;
  /** Archives for `load`, a component for `logs`. */
  readonly operands: readonly string[];
  readonly follow: boolean;
  readonly json: boolean;
}

/** The command line itself is wrong; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `Usage: npm run cluster -- ACTION [options]

  up       make the cluster, or repair it; nothing happens when it is healthy
  down     stop it and remove everything it put on the machine; its data stays
  reset    down, forget its data, up
  status   what runs, at which address, in which version; exit code 1 when a part is down, 3 without a cluster
  env      print lines for the shell: eval "$(npm run --silent cluster -- env)"
  load     FILE...  put image archives (docker or OCI) where pods find them
  logs     [COMPONENT] [-f]  show logs

  --name NAME      which cluster (default ${defaultName}; its kubeconfig is .vish/kubeconfig)
  --api-only       only etcd, API server and controller-manager, for tests
  --hollow N       with --api-only: N nodes that pretend to run pods
  --context NAME   use this context of your own kubeconfig instead of making a cluster
  -f, --follow     keep printing what the logs gain
  --json           status as JSON
  -h, --help       this text
`;

const options = {
  name: { type: 'string' },
  'api-only': { type: 'boolean' },
  hollow: { type: 'string' },
  context: { type: 'string' },
  follow: { type: 'boolean', short: 'f' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type OptionName = keyof typeof options;

/** Options that would be silently without effect elsewhere. */
const onlyWith: Partial<Record<OptionName, readonly Action[]>> = {
  hollow: ['up', 'reset'],
  context: ['up'],
  follow: ['logs'],
  json: ['status'],
};

const operandLimits: Partial<Record<Action, number>> = { load: Number.POSITIVE_INFINITY, logs: 1 };
const maxHollowNodes = 1000;

/** Reads the command line; throws a message that says what to write instead. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options,
  });
  for (const token of tokens) if (token.kind === 'option') checkOption(token);
  const [word, ...operands] = values.help === true ? ['help'] : positionals;
  const action = actionOf(word);
  checkUse(action, Object.keys(values), operands);
  const apiOnly = values['api-only'] === true;
  const name = text(values.name) ?? defaultName;
  checkName(name);
  const base = { name, apiOnly, hollowNodes: parseHollow(text(values.hollow) ?? '0', apiOnly) };
  const context = text(values.context);
  if (context !== undefined && apiOnly)
    throw new UsageError('--context names a cluster that exists: leave out --api-only');
  const request = context === undefined ? base : { ...base, context };
  return { action, request, operands, follow: values.follow === true, json: values.json === true };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkOption({ name, rawName, value, inlineValue }: OptionToken): void {
  if (!isOption(name)) {
    const known = Object.keys(options).map((option) => `--${option}`);
    throw new UsageError(`unknown option "${rawName}": there are ${known.join(', ')}`);
  }
  const takesValue = options[name].type === 'string';
  if (!takesValue && inlineValue) throw new UsageError(`${rawName} takes no value: write ${rawName} alone`);
  const looksLikeOption = !inlineValue && value?.startsWith('-');
  if (takesValue && (!value || looksLikeOption)) throw new UsageError(`${rawName} needs a value`);
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(options, name);
}

function actionOf(word: string | undefined): Action {
  const found = actions.find((action) => action === word);
  if (found) return found;
  const problem = word === undefined ? 'no action was given' : `unknown action "${word}"`;
  throw new UsageError(`${problem}: write one of ${actions.join(', ')}; --help explains them`);
}

function checkUse(action: Action, given: readonly string[], operands: readonly string[]): void {
  for (const name of given.filter(isOption)) {
    const allowed = onlyWith[name];
    if (action !== 'help' && allowed && !allowed.includes(action)) {
      throw new UsageError(`--${name} has no meaning for ${action}: it goes with ${allowed.join(' and ')}`);
    }
  }
  if (action === 'load' && operands.length === 0) throw new UsageError('load needs at least one image archive');
  const surplus = operands[operandLimits[action] ?? 0];
  if (surplus === undefined) return;
  const advice =
    action === 'logs' ? 'name one component, or none for all' : `for another cluster write --name ${surplus}`;
  throw new UsageError(`${action} does not take "${surplus}": ${advice}`);
}

function checkName(name: string): void {
  try {
    pathsOf(name);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parseHollow(count: string, apiOnly: boolean): number {
  const number = Number(count);
  if (!/^\d+$/.test(count) || number > maxHollowNodes) {
    throw new UsageError(`--hollow ${count}: write a number from 0 to ${maxHollowNodes}`);
  }
  if (number > 0 && !apiOnly) throw new UsageError('--hollow needs --api-only: a full cluster has a real node');
  return number;
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
