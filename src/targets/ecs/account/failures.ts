import type { SummaryReason } from '../../../crds/reasons/reasons.ts';
import { TargetError } from '../../target.ts';
import { sayable } from './sayable.ts';

/** What the SDK puts on its errors. All of it comes from the network. */
interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Which call of which Target failed. */
export interface Call {
  /** As IAM writes it, such as ecs:UpdateService. */
  readonly action: string;
  readonly target: string;
}

type Rule = (failure: Failure, call: Call) => { reason: SummaryReason; message: string } | undefined;

/** The first rule that knows the failure says what to do. What none knows is worth another try. */
export function explain(error: unknown, call: Call): TargetError {
  if (error instanceof TargetError) return error;
  const failure = asFailure(error);
  const { reason, message } = firstOf(failure, call);
  return new TargetError(reason, message, { cause: named(failure) });
}

/** Without the answer that the SDK hangs on its errors: logs print causes, and an answer may hold a token. */
function named({ name, message }: Failure): Error {
  return Object.assign(new Error(message), { name });
}

export function isFailure(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

export function sessionIsOver(error: unknown): boolean {
  return isFailure(error, ...sessionEnds);
}

/** Our own mistakes must not read as an outage of somebody else. The SDK's answers that it cannot parse carry metadata. */
export function isProgramError(error: unknown): boolean {
  const kinds = [TypeError, ReferenceError, RangeError];
  return kinds.some((kind) => error instanceof kind) && !('$metadata' in (error as object));
}

const noIdentity: Rule = ({ name }, { target }) =>
  /^(CredentialsProviderError|ProviderError|TokenProviderError)$/u.test(name)
    ? {
        reason: 'TargetForbidden',
        message: `The operator has no AWS identity of its own to assume the role of Target ${target} with; give its service account a role (IRSA or Pod Identity).`,
      }
    : undefined;

const sessionEnds = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'];

const session: Rule = ({ name }, { target }) =>
  sessionEnds.includes(name)
    ? { reason: 'TargetUnreachable', message: `The session of Target ${target} has expired; a new one is taken.` }
    : undefined;

const forbiddenNames =
  /^(AccessDenied|AccessDeniedException|AuthFailure|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|OptInRequired|BlockedByOrganizationPolicyException|BlockedException)$/u;

const notAssumed: Rule = ({ name }, { action, target }) =>
  action === 'sts:AssumeRole' && forbiddenNames.test(name)
    ? {
        reason: 'TargetForbidden',
        message: `AWS refused sts:AssumeRole for Target ${target}; let the trust policy of spec.ecs.roleArn name the operator's role, with the external id of status.ecs.externalId.`,
      }
    : undefined;

const forbidden: Rule = ({ name, message }, { action, target }) => {
  if (!forbiddenNames.test(name)) return undefined;
  const missing = /perform: ([a-z0-9-]{1,40}:[A-Za-z]{1,60})/u.exec(message)?.[1] ?? action;
  const resource = /on resource: (arn:[!-~]{1,300})/u.exec(message)?.[1]?.replace(/[.,]$/u, '');
  return {
    reason: 'TargetForbidden',
    message: `AWS refused ${action} for Target ${target}; allow ${missing}${resource === undefined ? '' : ` on ${resource}`} in the policy of spec.ecs.roleArn.`,
  };
};

const noCluster: Rule = ({ name }, { target }) =>
  name === 'ClusterNotFoundException'
    ? {
        reason: 'TargetInvalid',
        message: `spec.ecs.cluster of Target ${target} does not exist in its region; create the cluster, or correct the Target.`,
      }
    : undefined;

const quota: Rule = ({ name, message }, { action, target }) =>
  /^(LimitExceededException|ServiceQuotaExceededException)$/u.test(name)
    ? {
        reason: 'TargetInvalid',
        message: `${action} for Target ${target} reached a quota of the account: ${sayable(message)} Ask AWS to raise it.`,
      }
    : undefined;

const busy: Rule = ({ name }, { action, target }) =>
  /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/u.test(name)
    ? { reason: 'TargetUnreachable', message: `AWS limits requests: ${action} for Target ${target} is tried again.` }
    : undefined;

const invalidNames =
  /^(InvalidParameterException|ClientException|ValidationException|ValidationError|PlatformUnknownException|PlatformTaskDefinitionIncompatibilityException|UnsupportedFeatureException|KmsException|RepositoryNotFoundException|InvalidTagParameterException|TooManyTagsException|MalformedPolicyDocument|RegionDisabledException)$/u;

const invalid: Rule = ({ name, message }, { action, target }) =>
  invalidNames.test(name)
    ? {
        reason: 'TargetInvalid',
        message: `AWS does not accept ${action} for Target ${target}: ${sayable(message)} Correct the field of the Target or of the workload that it names.`,
      }
    : undefined;

const rules: readonly Rule[] = [noIdentity, session, notAssumed, forbidden, noCluster, quota, busy, invalid];

function firstOf(failure: Failure, call: Call): { reason: SummaryReason; message: string } {
  for (const rule of rules) {
    const found = rule(failure, call);
    if (found) return found;
  }
  const status = failure.$metadata?.httpStatusCode;
  const what = sayable(typeof failure.code === 'string' ? failure.code : failure.name, 60);
  const http = status === undefined ? '' : `, HTTP ${status}`;
  return {
    reason: 'TargetUnreachable',
    message: `${call.action} for Target ${call.target} got no usable answer (${what}${http}); it is tried again.`,
  };
}

function asFailure(error: unknown): Failure {
  return error instanceof Error ? error : { name: 'UnknownError', message: String(error) };
}
