import type { ActionRecord } from '../../../crds/deployment/status.ts';
import { annotations } from '../../../objects/labels.ts';

/** The annotation that asks for each action, in the order in which they are taken in. */
export const actionKeys: Readonly<Record<ActionRecord['action'], string>> = {
  Rollback: annotations.rollback,
  Retry: annotations.retry,
  Restart: annotations.restart,
  Promote: annotations.promote,
  Abort: annotations.abort,
  Skip: annotations.skip,
  HandOver: annotations.handOver,
};
