import type { Client } from '../../../src/kube/client/client.ts';
import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { namespaces } from '../../support/resources.ts';
import type { KillProxy, Moment } from './kill-proxy.ts';
import { lagBehind, revisionNow } from './lag.ts';
import { veil } from './veil.ts';

/**
 * What befalls an operator at its n-th write: it dies (see `Moment`); it dies and the next one begins with lists that lack
 * the n-th write, or the later half of all writes so far; it sees nothing of what happens from then until it rests.
 */
export type Mishap = Moment | 'OneBehind' | 'HalfBehind' | 'LostEvents';

export interface Plan {
  after: number;
  mishap: Mishap;
}

export interface Cast {
  proxy: KillProxy;
  client: Pick<Client, 'list'>;
  /** Ends the operator, lets traffic pass again and starts another one; between the two it calls `meanwhile`. */
  restart: <T>(meanwhile: () => T) => Promise<T>;
  /** An operator that has written nothing for so long rests. */
  settleMs: number;
}

/** Makes it happen; `begin` is called once, at its beginning, with what is to be done until the operator got over it. */
export type Arm = (begin: (aftermath: () => Promise<void>) => void) => void;

/** Before the operator starts; what comes back is called when its writes are counted. */
export const prepare: Readonly<Record<Mishap, (after: number, cast: Cast) => Arm>> = {
  AfterWrite: kill('AfterWrite'),
  BeforeNext: kill('BeforeNext'),
  OneBehind: startBehind((after) => after),
  HalfBehind: startBehind((after) => Math.ceil(after / 2)),
  LostEvents: loseEvents,
};

/** All that are different from each other, for a run of so many writes. */
export function plansOf(writes: number, mishaps: readonly Mishap[]): Plan[] {
  const first: Record<Mishap, number> = { AfterWrite: 1, BeforeNext: 0, OneBehind: 1, HalfBehind: 2, LostEvents: 1 };
  return Array.from({ length: writes + 1 }, (_, after) => after).flatMap((after) =>
    mishaps
      .filter((mishap) => after >= first[mishap] && (mishap !== 'BeforeNext' || after < writes))
      .map((mishap) => ({ after, mishap })),
  );
}

/** Hide something from the operator. All of them at each write would take three times as long. */
export const hiding: readonly Mishap[] = ['OneBehind', 'HalfBehind', 'LostEvents'];

/** Of those that hide something one at each write, in turn. */
export function hidesInTurn({ after, mishap }: Plan): boolean {
  return !hiding.includes(mishap) || hiding[after % hiding.length] === mishap;
}

/** Until nothing was written for `settleMs`. */
export async function rests({ proxy, settleMs }: Pick<Cast, 'proxy' | 'settleMs'>): Promise<void> {
  for (let seen = -1; seen !== proxy.writes.length; ) {
    seen = proxy.writes.length;
    await sleep(systemClock, settleMs);
  }
}

function kill(moment: Moment) {
  return (after: number, { proxy, restart }: Cast): Arm =>
    (begin) =>
      proxy.strike({ after, moment, kill: () => begin(() => restart(() => undefined)) });
}

function startBehind(firstUnseen: (after: number) => number) {
  return (after: number, cast: Cast): Arm =>
    (begin) => {
      const { proxy, client } = cast;
      let revision = '';
      proxy.beforeWrite(firstUnseen(after), async () => void (revision = await revisionNow(client, namespaces)));
      const aftermath = async () => {
        const lag = await cast.restart(() => lagBehind(proxy.faults, { revision }));
        await rests(cast);
        lag.end();
      };
      proxy.strike({ after, moment: 'AfterWrite', kill: () => begin(aftermath) });
    };
}

function loseEvents(after: number, cast: Cast): Arm {
  const eyes = veil(cast.proxy.faults);
  return (begin) =>
    cast.proxy.beforeWrite(after, () => {
      eyes.close();
      begin(async () => {
        await rests(cast);
        eyes.open();
      });
    });
}
