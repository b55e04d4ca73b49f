import type { STS } from '@aws-sdk/client-sts';
import type { Clock } from '../../../seams/clock.ts';
import { TargetError } from '../../target.ts';
import type { EcsPlace } from '../place.ts';
import { explain } from './failures.ts';
import type { Credentials } from './sdk.ts';

export interface AssumedRole {
  readonly accountId: string;
  readonly credentials: Credentials;
}

interface Held extends AssumedRole {
  readonly until: number;
}

const sessionSeconds = 1800;
/** The SDK asks for new ones at five minutes as well; before that the same must come back, or it would ask each time. */
const renewBeforeMs = 5 * 60_000;

/**
 * The role of a Target, assumed when the last session nears its end, once for all who ask at the same time. The keys are
 * in memory only.
 */
export class Role {
  private readonly sts: STS;
  private readonly place: EcsPlace;
  private readonly clock: Pick<Clock, 'now'>;
  private held: Held | undefined;
  private asking: Promise<Held> | undefined;

  constructor(sts: STS, place: EcsPlace, clock: Pick<Clock, 'now'>) {
    this.sts = sts;
    this.place = place;
    this.clock = clock;
  }

  async current(): Promise<AssumedRole> {
    if (this.held && this.held.until > this.clock.now()) return this.held;
    this.asking ??= this.assume().finally(() => {
      this.asking = undefined;
    });
    this.held = await this.asking;
    return this.held;
  }

  private async assume(): Promise<Held> {
    const { settings, externalId, sessionName, target } = this.place;
    try {
      const answer = await this.sts.assumeRole({
        RoleArn: settings.roleArn,
        RoleSessionName: sessionName,
        ExternalId: externalId,
        DurationSeconds: sessionSeconds,
      });
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw new Error('no credentials came');
      const credentials = {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration,
      };
      const accountId = accountOf(answer.AssumedRoleUser?.Arn ?? settings.roleArn);
      return { credentials, accountId, until: Expiration.getTime() - renewBeforeMs };
    } catch (error) {
      throw explain(error, { action: 'sts:AssumeRole', target });
    }
  }
}

function accountOf(arn: string): string {
  const account = arn.split(':')[4] ?? '';
  if (!/^[0-9]{12}$/u.test(account)) {
    throw new TargetError('TargetInvalid', 'spec.ecs.roleArn is of no account; correct the ARN of the role.');
  }
  return account;
}
