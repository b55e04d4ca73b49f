import { ReasonError } from '../../crds/reasons/reason-error.ts';

export type RegistryReason =
  | 'RegistryUnreachable'
  | 'PushDenied'
  | 'SourceNotFound'
  | 'SourceForbidden'
  | 'SourceRefused'
  | 'CredentialsMissing';

/** Why a registry did not do what it was asked for. */
export class RegistryError extends ReasonError<RegistryReason> {
  override readonly name = 'RegistryError';
}
