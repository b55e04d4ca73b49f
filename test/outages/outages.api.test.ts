import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../src/seams/clock.ts';
import { systemClock } from '../../src/seams/system.ts';
import type { EndState } from '../harness/kill/end-state.ts';
import { until } from '../support/until.ts';
import { accountWithAllRights, changeServingCertificate, endingToken, keepRenewing, replace } from './credentials.ts';
import { startOperator, type TownOperator } from './operators.ts';
import type { Town } from './town.ts';
import { harmOf, none, type OutageWorld, startOutageWorld, undisturbed } from './world.ts';

const parts = ['kube-apiserver', 'etcd'] as const;
const hourMs = 3_600_000;
/** Longer than a Lease lasts, than any request may take, and than a server may stay silent on a watch. */
const silenceMs = 120_000;

let world: OutageWorld;
let usual: EndState;
let first: TownOperator;

const token = async () => ({ token: (await endingToken(world.api)).token });

beforeAll(async () => {
  world = await startOutageWorld('outages');
  await accountWithAllRights(world.api);
  first = await startOperator(world, { sees: ['undisturbed', ...parts], user: await token() });
  usual = await undisturbed(world);
});
afterAll(() => world.close());

it.each(parts)(
  '%s is killed in the middle of a release and started again, and the release goes on',
  {
    timeout: 300_000,
  },
  async (part) => {
    const harm = await harmOf(world, {
      name: part,
      usual,
      async happens(town) {
        world.doors.open(town.namespace);
        await town.untilMoving(2);
        const failed = await failuresOf(first);
        await world.server.kill(part);
        await until(async () => (await failuresOf(first)) > failed || first.kept.exits.length > 0, {
          deadlineMs: 120_000,
        });
        // A kubelet writes again what the store did not take. kwok gives such a pod up, and only a new one looks at it.
        await world.server.kill('kwok');
        await world.server.repair();
      },
    });

    expect(harm).toEqual(none);
  },
);

// Side by side: each has an operator of its own, and the two minutes are long enough for the others.
describe.concurrent('in the middle of a release', { timeout: 400_000 }, () => {
  it('nobody answers for two minutes: the leader ends its process, the standby waits, and one of them goes on', async () => {
    const { kept, layer, lease, addReplica } = await startOperator(world, { sees: ['silence'], user: await token() });
    const standby = await addReplica();
    const harm = await harmOf(world, {
      name: 'silence',
      usual,
      async happens(town) {
        const { holder } = await lease();
        layer.freeze();
        // The cluster itself goes on meanwhile: what the operator has asked for comes to serve.
        world.doors.open(town.namespace);
        await sleep(systemClock, silenceMs);
        layer.thaw();
        await until(async () => ![holder, ''].includes((await lease()).holder), { deadlineMs: 120_000 });
      },
    });

    expect(harm).toEqual(none);
    expect(kept.exits[0]).toBe(1);
    expect(kept.logs()).toContain('it could not be renewed for 10000 ms');
    expect(standby.exits).toEqual([]);
  });

  it('the client certificate lives for seconds, and the server shows another one', async () => {
    const path = await keepRenewing(world, 24_000);
    const user = { 'client-certificate': path, 'client-key': path };
    const { kept, layer, lease } = await startOperator(world, { sees: ['certificates'], user });
    const led = await lease();
    const harm = await harmOf(world, {
      name: 'certificates',
      usual,
      async happens(town) {
        await changeServingCertificate(world);
        // Watches too have to begin anew, over connections that show and see the certificates of now.
        layer.reset();
        await untilRefused(kept);
        layer.reset();
        world.doors.open(town.namespace);
      },
    });

    expect(harm).toEqual(none);
    expect(kept.exits).toEqual([]);
    expect(await lease()).toEqual(led);
  });

  it('the token is replaced and the old one ends', async () => {
    const tokenFile = join(world.folder, 'token');
    const old = await endingToken(world.api);
    await replace(tokenFile, old.token);
    const { kept, layer, lease } = await startOperator(world, { sees: ['token'], user: { tokenFile } });
    const led = await lease();
    const harm = await harmOf(world, {
      name: 'token',
      usual,
      async happens(town) {
        await replace(tokenFile, (await endingToken(world.api)).token);
        await old.end();
        await untilRefused(kept);
        layer.reset();
        world.doors.open(town.namespace);
      },
    });

    expect(harm).toEqual(none);
    expect(kept.exits).toEqual([]);
    expect(await lease()).toEqual(led);
  });

  it('the clock jumps ahead and back, nothing is given up, and the leader stays', async () => {
    const file = join(world.folder, 'shift');
    writeFileSync(file, '0');
    const preload = `--import=${join(import.meta.dirname, 'shifted-clock.ts')}`;
    const env = { NODE_OPTIONS: preload, VISH_SHIFT_FILE: file };
    const sees = ['clock-ahead', 'clock-back'] as const;
    const { kept, lease } = await startOperator(world, { sees: [...sees], user: await token(), env });
    const led = await lease();
    const set = async (town: Town, toMs: number) => {
      writeFileSync(file, String(toMs));
      await town.untilLookedAt();
    };
    const ahead = await harmOf(world, {
      name: sees[0],
      usual,
      async happens(town) {
        await set(town, hourMs);
        world.doors.open(town.namespace);
      },
    });
    const back = await harmOf(world, {
      name: sees[1],
      usual,
      async happens(town) {
        world.doors.open(town.namespace);
        await town.untilPausing();
        await set(town, -hourMs);
      },
    });

    expect([ahead, back]).toEqual([none, none]);
    expect(kept.exits).toEqual([]);
    expect(await lease()).toEqual(led);
  });
});

/** Requests that the server did not answer, or answered with a failure of its own. */
async function failuresOf({ kept }: TownOperator): Promise<number> {
  const counts = (await kept.metrics()).matchAll(/^rest_client_requests_total\{code="(?:5\d\d|<error>)".* (\d+)$/gm);
  return [...counts].reduce((total, [, count]) => total + Number(count), 0);
}

/** What it showed is not taken any more: it had to read what it is to show now. */
function untilRefused(kept: TownOperator['kept']): Promise<void> {
  const refused = async () => /^rest_client_request_retries_total\{code="401"/m.test(await kept.metrics());
  return until(refused, { deadlineMs: 90_000, describe: () => kept.logs().slice(-2_000) });
}
