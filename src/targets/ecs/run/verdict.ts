import type { Service } from '@aws-sdk/client-ecs';
import type { SummaryReason } from '../../../crds/reasons/reasons.ts';
import type { Intent, Outcome } from '../../target.ts';
import { sayable } from '../account/sayable.ts';
import { familyOfDefinition } from '../names.ts';
import type { Cause } from './causes.ts';
import type { Look } from './look.ts';

interface Verdict {
  readonly outcome: Outcome;
  readonly reason?: SummaryReason;
  readonly message: string;
}

const running = (message: string): Verdict => ({ outcome: 'Running', message });

/** What the standing of a release means for its rollout. `cause` is why its tasks fail, if they do. */
export function verdictOf({ service, standing }: Look, intent: Intent, cause: Cause | undefined): Verdict {
  const { number } = intent.release;
  switch (standing.kind) {
    case 'Absent':
      return running(`Release ${number} waits for its ECS service to be made.`);
    case 'Draining':
      return running('An ECS service of the same name is still ending; it is waited for.');
    case 'Elsewhere':
      return running(`The ECS service is to be moved to release ${number}.`);
    case 'Superseded':
      return superseded(service);
    case 'GaveUp':
      return { outcome: 'Failed', ...(cause ?? gaveUp(number, standing.why)) };
    case 'Moving':
      return { outcome: 'Running', ...(cause ?? { message: `ECS is replacing tasks by those of release ${number}.` }) };
    default:
      return serving(service, intent);
  }
}

function superseded(service: Service | undefined): Verdict {
  const family = sayable(familyOfDefinition(service?.taskDefinition ?? ''), 255);
  const message = `Somebody else gave the ECS service the task definition ${family}; give it back by hand, or start another release.`;
  return { outcome: 'Superseded', message };
}

function gaveUp(release: number, why: string): Cause {
  return {
    reason: 'ReleaseFailed',
    message: `ECS gave up on release ${release}: ${sayable(why) || 'it gave no reason.'}`,
  };
}

/** It counts as served only at the wanted size. */
function serving(service: Service | undefined, { release, replicas }: Intent): Verdict {
  const { runningCount = 0, desiredCount = 0 } = service ?? {};
  const message = `Release ${release.number} serves with ${runningCount} of ${replicas} tasks.`;
  const done = runningCount === replicas && desiredCount === replicas;
  return { outcome: done ? 'Succeeded' : 'Running', message };
}
