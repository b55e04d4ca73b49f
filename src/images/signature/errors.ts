import { ReasonError } from '../../crds/reasons/reason-error.ts';

/** Why an image is not signed, or may not run for want of a signature. */
type SignatureReason = 'SigningKeyUnusable' | 'SignatureMissing';

export class SignatureError extends ReasonError<SignatureReason> {
  override readonly name = 'SignatureError';
}
