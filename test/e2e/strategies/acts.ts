import type { ActionRecord } from '../../../src/crds/deployment/status.ts';
import { annotations } from '../../../src/objects/labels.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { said } from '../world/app.ts';
import { type Contestant, newestOf } from './contestant.ts';
import type { Wish } from './manifest.ts';

/** What a person, or GitOps, does; or what is waited for before the next thing is done. */
export type Act = (contestant: Contestant) => Promise<unknown>;

export const release =
  (change: Partial<Wish> = {}): Act =>
  (contestant) =>
    contestant.release(change);

export const change =
  (wish: Partial<Wish>): Act =>
  (contestant) =>
    contestant.change(wish);

export const greet: Act = (contestant) => contestant.greet();

/** The newest release may move. */
export const begun: Act = (contestant) =>
  contestant.until((deployment) => {
    const { rollout } = deployment.status ?? {};
    return rollout?.release === newestOf(deployment) && rollout.phase !== 'Preparing';
  });

/** The newest release has replicas, which need not be ready. */
export const underWay: Act = (contestant) =>
  contestant.until(({ status }) => status?.rollout !== undefined && (status.next?.replicas ?? 0) > 0);

/** In the middle: a person is asked, or replicas of both releases are there as far as the strategy has them. */
export const halted: Act = (contestant) =>
  contestant.column.asks
    ? contestant.until((deployment) => said(deployment, 'Ready') === 'Unknown/AwaitingApproval')
    : underWay(contestant);

/** The time in which a machine would have had to get further is over. */
export const outlasted: Act = (contestant) =>
  contestant.until(({ spec, status }) => {
    const since = Date.parse(status?.rollout?.phaseStartedAt ?? '');
    return systemClock.now() > since + (spec.strategy.progressDeadlineSeconds + 1) * 1000;
  });

/** Where nobody is asked, the slowness is taken away. */
export const promote: Act = async (contestant) => {
  if (contestant.column.asks) await ask(contestant, 'Promote', await coming(contestant));
  else await contestant.change({ way: 'straight' });
};

export const abort: Act = async (contestant) => ask(contestant, 'Abort', await coming(contestant));

/** To the release that serves now, or to the one that served before it. */
export const rollBackTo =
  (which: 'live' | 'earlier'): Act =>
  async (contestant) => {
    const { status } = await contestant.read();
    const live = status?.live?.release ?? 0;
    const served = status?.history?.filter(({ outcome, number }) => outcome === 'Superseded' && number < live);
    await ask(contestant, 'Rollback', which === 'live' ? live : (served?.[0]?.number ?? 0));
  };

/** Later releases are let through again. */
export const resume: Act = async (contestant) => {
  const { status } = await contestant.read();
  await ask(contestant, 'Retry', status?.live?.release ?? 0);
};

async function coming(contestant: Contestant): Promise<number> {
  return (await contestant.read()).status?.rollout?.release ?? 0;
}

/** Until it is taken in, or refused. */
async function ask(by: Contestant, action: ActionRecord['action'], release: number): Promise<void> {
  const key = annotations[action.toLowerCase() as keyof typeof annotations];
  const value = String(release);
  await by.annotate({ [key]: null });
  await by.until(({ status }) => status?.actions?.every((each) => each.action !== action || each.clearedAt) ?? true);
  await by.annotate({ [key]: value });
  const taken = await by.until(({ status }) => status?.actions?.some((each) => isNew(each, action, value)) ?? false);
  const { refused } = taken.status?.actions?.find((each) => each.action === action) ?? {};
  if (refused !== undefined) throw new Error(`${taken.metadata.name}: ${action} ${value} was refused: ${refused}`);
}

function isNew(record: ActionRecord, action: ActionRecord['action'], value: string): boolean {
  return record.action === action && record.value === value && record.clearedAt === undefined;
}
