import { AwsError, type Json, type Service } from './wire.ts';

/** Roles by ARN, each with the external id that its trust policy asks for. Sessions last for so long as they are asked for. */
export class StsStandIn implements Service {
  readonly trust = new Map<string, string>();
  readonly sessions = new Set<string>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  serve(operation: string, input: Json): Json {
    if (operation !== 'AssumeRole') throw new AwsError('InvalidAction', operation);
    const { RoleArn: role, ExternalId: externalId, RoleSessionName: name, DurationSeconds: seconds } = input;
    if (!/^[\w+=,.@-]{2,64}$/u.test(String(name))) throw new AwsError('ValidationError', 'RoleSessionName');
    if (Number(seconds) < 900 || Number(seconds) > 3600) throw new AwsError('ValidationError', 'DurationSeconds');
    if (this.trust.get(String(role)) !== externalId) {
      throw new AwsError(
        'AccessDenied',
        `User: x is not authorized to perform: sts:AssumeRole on resource: ${String(role)}`,
        403,
      );
    }
    const key = `ASIA${String(this.sessions.size + 1).padStart(16, '0')}`;
    this.sessions.add(key);
    const [, , , , account = '', resource = ''] = String(role).split(':');
    return {
      Credentials: {
        AccessKeyId: key,
        SecretAccessKey: 'planted-secret-access-key',
        SessionToken: 'planted-session-token',
        Expiration: new Date(this.now() + Number(seconds) * 1000).toISOString(),
      },
      AssumedRoleUser: {
        AssumedRoleId: `AROA:${String(name)}`,
        Arn: `arn:aws:sts::${account}:assumed-role/${resource.split('/').at(-1)}/${String(name)}`,
      },
    };
  }
}
