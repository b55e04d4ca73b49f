import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { CheckStatus, HookStatus, ReleaseRecord } from '../../crds/deployment/status.ts';
import type { State } from './state.ts';

/** How far the clock was set forward since these times were written, or how long the machine slept. */
export interface Jump {
  readonly ms: number;
  /** By the clock as it is now. */
  readonly now: Date;
}

/**
 * The same state by the new clock: what had time left has as much time left. Nobody looked in the meantime, and often nothing
 * ran, so a release is not given up for it. A clock that was set back needs none of this: times that lie ahead begin anew.
 */
export function setForward(state: State, jump: Jump): State {
  if (jump.ms <= 0) return state;
  const { rollout, previous, checks, history } = state;
  return {
    ...state,
    rollout: rollout && { ...rollout, ...moved(rollout, ['progressedAt', 'deadline'], jump) },
    previous: previous && { ...previous, ...moved(previous, ['warmUntil'], jump) },
    checks: checks?.map((run) => checkBy(run, jump)),
    history: history.map((record) => withHooks(record, jump)),
  };
}

function moved<K extends string>(times: Partial<Record<K, string | undefined>>, names: readonly K[], { ms }: Jump) {
  const known = names.flatMap((name) => (times[name] === undefined ? [] : [[name, times[name]] as const]));
  const later = known.map(([name, time]) => [name, wholeSeconds(new Date(Date.parse(time) + ms))]);
  return Object.fromEntries(later) as Partial<Record<K, string>>;
}

/** What was due may be under way, and is known by the time at which it was due. */
function checkBy(run: CheckStatus, jump: Jump): CheckStatus {
  const wasDue = Date.parse(run.nextAt ?? '') <= jump.now.getTime() - jump.ms;
  return { ...run, ...moved(run, wasDue ? ['deadline'] : ['nextAt', 'deadline'], jump) };
}

function withHooks(record: ReleaseRecord, jump: Jump): ReleaseRecord {
  const { before, after } = record.hooks ?? {};
  if (before?.result !== 'Running' && after?.result !== 'Running') return record;
  const hooks = { ...(before && { before: hookBy(before, jump) }), ...(after && { after: hookBy(after, jump) }) };
  return { ...record, hooks };
}

function hookBy(hook: HookStatus, jump: Jump): HookStatus {
  return hook.result === 'Running' ? { ...hook, ...moved(hook, ['deadline'], jump) } : hook;
}
