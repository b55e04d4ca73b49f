import { wholeSeconds } from '../../../crds/conditions/conditions.ts';
import type { ActionRecord } from '../../../crds/deployment/status.ts';
import { abort, askOf, promote, skip } from '../../../rollout/engine/ask.ts';
import { handOverName } from '../hand-over/name.ts';
import { stateOfStatus } from '../place/state.ts';
import type { ActionInput, Remembered } from './actions.ts';

type Effect = Partial<Remembered> | { refused: string };
type Act = (value: string, input: ActionInput, memory: Remembered) => Effect;

/** What an action does, or why it does nothing. */
export function effectOf(
  action: ActionRecord['action'],
  value: string,
  { input, memory }: { input: ActionInput; memory: Remembered },
): Effect {
  const { handOver: begun } = input.status;
  if (begun === undefined) return effects[action](value, input, memory);
  return { refused: `Deployment.apps ${begun.deployment} runs the app: this Deployment does nothing any more.` };
}

const effects: Record<ActionRecord['action'], Act> = {
  Rollback: rollback,
  Retry: retry,
  Restart: restart,
  Promote: ofRollout(promote),
  Abort: ofRollout(abort),
  Skip: ofRollout(skip),
  HandOver: handOver,
};

function rollback(value: string, { hashes, spec, status, now }: ActionInput, { refusedRelease }: Remembered): Effect {
  if (spec.pin !== undefined) return { refused: `spec.pin is ${spec.pin}: change or remove it instead.` };
  const release = numberIn(value);
  const hash = release === undefined ? undefined : hashes.get(release);
  if (release === undefined || hash === undefined) return unknownRelease(hashes);
  const from = status.live === undefined ? '' : ` from release ${status.live.release}`;
  const pinned = { release, since: wholeSeconds(now), message: `vish.dev/rollback went back${from} to ${release}.` };
  return refusedRelease === hash ? { pinned, refusedRelease: undefined } : { pinned };
}

/** Lifts what holds back the newest release: that it failed, or that somebody rolled back. */
function retry(value: string, { hashes, status }: ActionInput, { pinned, refusedRelease }: Remembered): Effect {
  if (value === status.build) return {};
  const number = numberIn(value);
  const hash = number === undefined ? undefined : hashes.get(number);
  if (hash === undefined) return unknownRelease(hashes);
  if (pinned !== undefined) return { pinned: undefined, refusedRelease: undefined };
  if (hash === refusedRelease) return { refusedRelease: undefined };
  return { refused: `Release ${value} did not fail, and no rollback holds others back. Nothing to try again.` };
}

function restart(_value: string, { spec, now }: ActionInput, { pinned }: Remembered): Effect {
  if (spec.suspend || spec.pin !== undefined || pinned !== undefined) {
    return {
      refused: 'A restart is a release, and newer releases are held: remove spec.suspend, spec.pin or the rollback.',
    };
  }
  return { restartedAt: wholeSeconds(now) };
}

/** The record alone is the wish: whether it can begin is asked of the place. */
function handOver(value: string, { spec, status }: ActionInput): Effect {
  if (handOverName(value) === undefined) {
    return { refused: 'Write deployment/ and the name that the Deployment of apps/v1 is to have.' };
  }
  if (spec.target.cluster === undefined) return { refused: 'Only what runs in this cluster can be handed over.' };
  if (status.live === undefined) return { refused: 'No release serves yet, so there is nothing to hand over.' };
  return {};
}

/** What a person decides about the release that is on its way. */
function ofRollout(decide: typeof promote): Act {
  return (value, { hashes, spec, status, now }, memory) => {
    const ask = askOf(value);
    if (ask === undefined || !hashes.has(ask.release)) return unknownRelease(hashes);
    const releases = [...hashes].map(([number, hash]) => ({ number, hash }));
    const state = stateOfStatus({ ...status, ...memory });
    const answer = decide(state, ask, { strategy: spec.strategy, releases, now });
    if ('refused' in answer) return answer;
    const { rollout, refused: refusedRelease, checks, history } = answer.state;
    return { rollout, refusedRelease, checks: checks && [...checks], history: [...history] };
  };
}

function numberIn(value: string): number | undefined {
  return /^[1-9]\d{0,14}$/u.test(value) ? Number(value) : undefined;
}

function unknownRelease(hashes: ReadonlyMap<number, string>): Effect {
  const known = [...hashes.keys()].sort((a, b) => b - a).slice(0, 10);
  const hint = known.length === 0 ? 'There is none yet.' : `Use one of ${known.join(', ')}.`;
  return { refused: `It names no release of status.history. ${hint}` };
}
