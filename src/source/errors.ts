import { ReasonError } from '../crds/reasons/reason-error.ts';

export type SourceReason =
  | 'SourceUnreachable'
  | 'SourceNotFound'
  | 'SourceForbidden'
  | 'SourceRefused'
  | 'CredentialsMissing';

/** Why a repository could not be read. */
export class SourceError extends ReasonError<SourceReason> {
  override readonly name = 'SourceError';
}
