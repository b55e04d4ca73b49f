import type { STS } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { place } from '../../../../test/support/aws/rig.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { Role } from './role.ts';

const minute = 60_000;

function world(answer?: () => Promise<unknown>) {
  const clock = new ManualClock();
  const asked: object[] = [];
  const usual = async () => ({
    Credentials: {
      AccessKeyId: `ASIA${asked.length}`,
      SecretAccessKey: 'planted-secret',
      SessionToken: 'planted-token',
      Expiration: new Date(clock.now() + 30 * minute),
    },
    AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/vish/x' },
  });
  const sts = {
    assumeRole: (input: object) => {
      asked.push(input);
      return (answer ?? usual)();
    },
  } as unknown as STS;
  return { clock, asked, role: new Role(sts, place, clock) };
}

it('assumes the role with the external id and one session name, for as long as a chained role may last', async () => {
  const { asked, role } = world();

  expect((await role.current()).accountId).toBe('123456789012');

  expect(asked).toEqual([
    {
      RoleArn: place.settings.roleArn,
      ExternalId: place.externalId,
      RoleSessionName: 'vish-shop-frankfurt',
      DurationSeconds: 1800,
    },
  ]);
});

it('asks once for all who need it at the same time, and again five minutes before the end', async () => {
  const { clock, asked, role } = world();

  await Promise.all([role.current(), role.current()]);
  await clock.advance(24 * minute);
  expect((await role.current()).credentials.accessKeyId).toBe('ASIA1');
  await clock.advance(2 * minute);
  expect((await role.current()).credentials.accessKeyId).toBe('ASIA2');

  expect(asked).toHaveLength(2);
});

it('asks again after a failure, which shows no key', async () => {
  let broken = true;
  const { asked, role } = world(async () => {
    if (broken) return { Credentials: { SecretAccessKey: 'planted-secret' } };
    throw Object.assign(new Error('no'), { name: 'AccessDenied' });
  });

  const first: unknown = await role.current().catch((error: unknown) => error);
  broken = false;
  await expect(role.current()).rejects.toMatchObject({ reason: 'TargetForbidden' });

  expect(first).toMatchObject({ reason: 'TargetUnreachable' });
  expect(String(first) + JSON.stringify(first)).not.toContain('planted');
  expect(asked).toHaveLength(2);
});
