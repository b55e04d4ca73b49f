import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import type { ReleaseRecord } from '../../../src/crds/deployment/status.ts';
import type { Stored } from '../../../src/kube/client/client.ts';
import { compute } from '../../harness/kstatus/compute.ts';
import type { Observed } from '../../harness/kstatus/version.ts';
import { said } from '../world/app.ts';
import { newestOf } from './contestant.ts';

/** How a release is called in a row: by what it was when the row began, or by when it came. */
export type Which = 'earlier' | 'old' | 'new' | 'newer';

/** What a row ends with. */
export interface End {
  /** `status.state`, the word for people. */
  readonly state: string;
  /** Condition Ready, with its reason. */
  readonly ready: string;
  /** What Flux and `helm --wait` make of it. */
  readonly kstatus: 'Current' | 'Failed' | 'InProgress';
  readonly live: Which;
  readonly replicas: number;
  /** Of each release whose outcome became another one, with the reason where there is one. */
  readonly outcomes: Partial<Record<Which, string>>;
  /** Part of what the history says about the newest release. Default: not looked at. */
  readonly why?: string;
  /** Requests without a good answer: none, or some where the strategy has an outage. */
  readonly lost: string;
}

/** What was there when a row began. */
export interface Start {
  readonly live: number;
  readonly newest: number;
  readonly outcomes: ReadonlyMap<number, string>;
}

export function startOf(deployment: Stored<Deployment>): Start {
  const { status } = deployment;
  const outcomes = new Map((status?.history ?? []).map((record) => [record.number, outcomeOf(record)]));
  return { live: status?.live?.release ?? 0, newest: newestOf(deployment), outcomes };
}

export function endOf(deployment: Stored<Deployment>, start: Start, { why }: Pick<End, 'why'>): Omit<End, 'lost'> {
  const { state = '', live, history = [] } = deployment.status ?? {};
  return {
    state,
    ready: said(deployment, 'Ready'),
    kstatus: compute(deployment as Observed).status as End['kstatus'],
    live: whichOf(live?.release ?? 0, start),
    replicas: live?.ready ?? 0,
    outcomes: outcomesSince(start, history),
    ...(why === undefined ? {} : { why: told(history[0]?.message, why) }),
  };
}

function outcomesSince(start: Start, history: readonly ReleaseRecord[]): End['outcomes'] {
  const changed = history.filter((record) => start.outcomes.get(record.number) !== outcomeOf(record));
  return Object.fromEntries(changed.map((record) => [whichOf(record.number, start), outcomeOf(record)]));
}

/** The part where it is there, else all of it. */
function told(message = '', part: string): string {
  return message.includes(part) ? part : message;
}

function whichOf(number: number, { live, newest }: Start): Which {
  if (number === live) return 'old';
  if (number <= newest) return 'earlier';
  return number === newest + 1 ? 'new' : 'newer';
}

function outcomeOf({ outcome, reason }: Pick<ReleaseRecord, 'outcome' | 'reason'>): string {
  return reason === undefined ? outcome : `${outcome}: ${reason}`;
}
