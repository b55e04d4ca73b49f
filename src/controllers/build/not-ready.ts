import type { SummaryReason } from '../../crds/reasons/reasons.ts';

/** Why a try cannot even be started. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
  readonly reason: SummaryReason;

  constructor(reason: SummaryReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
