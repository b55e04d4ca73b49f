import { connect } from 'node:net';
import { sleep } from '../../../seams/clock.ts';
import type { StepContext } from '../context.ts';
import { StepError } from '../step-error.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Isolation {
  /** The API server as every pod is told of it; undefined where the pod was not. */
  readonly apiServer: Address | undefined;
  /** Whether a connection is taken. Default: one over TCP. */
  readonly connects?: (address: Address) => Promise<boolean>;
}

const answerMs = 2000;
const pauseMs = 1000;
/** One try that fails may be a lost packet or an API server that starts again. */
const missesNeeded = 3;
/** Enforcers hold a new pod a moment after it started. */
const patienceMs = 30_000;

/**
 * Before anything runs that nobody vouches for: this pod cannot reach the API server, which every pod reaches that no
 * NetworkPolicy holds. Tried from the very pod, because nothing else knows whether the cluster enforces policies here and now.
 */
export async function expectIsolation(isolation: Isolation, { clock, signal }: Pick<StepContext, 'clock' | 'signal'>) {
  const { apiServer, connects = connectsByTcp } = isolation;
  if (apiServer === undefined) throw refusal('the pod was not told where the API server is, so nothing can be tried');
  const end = clock.monotonic() + patienceMs;
  for (let misses = 0; misses < missesNeeded; ) {
    misses = (await connects(apiServer)) ? 0 : misses + 1;
    if (misses < missesNeeded && clock.monotonic() >= end) {
      throw refusal(`the build pod reaches the API server at ${apiServer.host}:${apiServer.port}`);
    }
    if (misses < missesNeeded) await sleep(clock, pauseMs, signal);
  }
}

function refusal(why: string): StepError {
  const remedy =
    'have the administrator install what enforces network policies and name the addresses of the API server in outbound.apiServers, ' +
    'or set builds.untrustedWithoutNetworkPolicy';
  return new StepError('UntrustedBuildRefused', `nobody vouches for this commit, and ${why}; ${remedy}`);
}

function connectsByTcp({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerMs });
    const answer = (connected: boolean) => () => {
      socket.destroy();
      resolve(connected);
    };
    socket.once('connect', answer(true)).once('timeout', answer(false)).once('error', answer(false));
  });
}

/** Kubernetes puts it into the environment of every container. */
export function apiServerOf(env: NodeJS.ProcessEnv): Address | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  return host === undefined || port === undefined ? undefined : { host, port: Number(port) };
}
