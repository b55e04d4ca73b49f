import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { ReleaseRecord } from '../../crds/deployment/status.ts';
import type { Input, KnownRelease, State } from './state.ts';

type Ending = Exclude<ReleaseRecord['outcome'], 'InProgress'>;

const longestMessage = 1024;

/**
 * One record for each release that exists, newest first. A release without record was made just before a crash; one that is
 * gone cannot serve again, whatever the status says.
 */
export function matchReleases(state: State, { releases }: Input): State {
  const known = new Map(state.history.map((record) => [record.number, record]));
  const history = releases
    .map((release) => known.get(release.number) ?? newRecord(release))
    .sort((a, b) => b.number - a.number);
  const exists = (number: number | undefined) => history.some((record) => record.number === number);
  return {
    ...state,
    history,
    live: exists(state.live) ? state.live : undefined,
    rollout: exists(state.rollout?.release) ? state.rollout : undefined,
    queued: exists(state.queued?.release) ? state.queued : undefined,
    previous: exists(state.previous?.release) ? state.previous : undefined,
  };
}

export function recordOf(state: State, number: number | undefined): ReleaseRecord | undefined {
  return state.history.find((record) => record.number === number);
}

export function changeRecord(state: State, number: number, change: (old: ReleaseRecord) => ReleaseRecord): State {
  return { ...state, history: state.history.map((record) => (record.number === number ? change(record) : record)) };
}

/** Ends the record of one release; what it ended with stays when no other reason is given. */
export function endRecord(
  state: State,
  number: number,
  { outcome, now, message }: { outcome: Ending; now: Date; message?: string | undefined },
): State {
  const finishedAt = wholeSeconds(now);
  return changeRecord(state, number, (old) => ({
    ...old,
    outcome,
    finishedAt,
    ...(message === undefined ? {} : { message: shorten(message) }),
  }));
}

/** Taken back, by itself or by a person. */
export function endAborted(state: State, number: number, now: Date): State {
  const outcome = recordOf(state, number)?.reason === 'Aborted' ? 'Aborted' : 'RolledBack';
  return endRecord(state, number, { outcome, now });
}

export function shorten(message: string): string {
  const points = Array.from(message);
  return points.length <= longestMessage ? message : `${points.slice(0, longestMessage - 1).join('')}…`;
}

function newRecord({ number, name, cause, image, commit, trust, createdAt }: KnownRelease): ReleaseRecord {
  return {
    number,
    name,
    outcome: 'Superseded',
    cause,
    ...(commit === undefined ? {} : { commit }),
    ...imageFields(image),
    ...(trust === undefined ? {} : { trust }),
    startedAt: createdAt,
    message: 'It was never started.',
  };
}

function imageFields(image: string): Pick<ReleaseRecord, 'image' | 'digest'> {
  const digest = /@(sha256:[a-f0-9]{64})$/u.exec(image)?.[1];
  return digest === undefined ? { image } : { image, digest };
}
