import { parseArgs } from 'node:util';
import { type LogLevel, parseLevel } from './kube/log/create-logger.ts';

export interface Options {
  /** File with the settings of the product; see src/settings. */
  config: string | undefined;
  kubeconfig: string | undefined;
  context: string | undefined;
  leaderElect: boolean;
  /** Namespace of the Lease. */
  namespace: string | undefined;
  healthPort: number;
  metricsPort: number;
  logLevel: LogLevel;
  logFormat: 'json' | 'text';
}

export const usage = `vish [flags]

  --config FILE          settings, see docs/reference/settings.md. Default: none, every setting has a default
  --kubeconfig FILE      default: $KUBECONFIG, then the pod's service account, then ~/.kube/config
  --context NAME         default: the kubeconfig's current-context
  --leader-elect=false   only with one replica: two that both lead would undo each other's work. Default true
  --namespace NAME       where the Lease is. Default: the pod's or the context's namespace
  --health-port PORT     /healthz and /readyz. Default 8081
  --metrics-port PORT    /metrics. Default 8080
  --log-level LEVEL      debug, info, warn, error. Default info
  --log-format FORMAT    json, or text for people. Default json`;

/** Throws an Error whose message is fit for the person who typed the flags. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      kubeconfig: { type: 'string' },
      context: { type: 'string' },
      'leader-elect': { type: 'string', default: 'true' },
      namespace: { type: 'string' },
      'health-port': { type: 'string', default: '8081' },
      'metrics-port': { type: 'string', default: '8080' },
      'log-level': { type: 'string', default: 'info' },
      'log-format': { type: 'string', default: 'json' },
    },
  });
  return {
    config: values.config,
    kubeconfig: values.kubeconfig,
    context: values.context,
    namespace: values.namespace,
    leaderElect: oneOf('--leader-elect', values['leader-elect'], ['true', 'false']) === 'true',
    healthPort: port('--health-port', values['health-port']),
    metricsPort: port('--metrics-port', values['metrics-port']),
    logLevel: parseLevel(values['log-level']),
    logFormat: oneOf('--log-format', values['log-format'], ['json', 'text']),
  };
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`${flag}=${value}: use one of ${allowed.join(', ')}`);
  return found;
}

function port(flag: string, value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535)
    throw new Error(`${flag}=${value}: use a port from 0 to 65535; 0 takes any free one`);
  return number;
}
