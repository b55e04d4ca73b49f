import { expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import { anObservation, aRelease, EngineDriver, succeeded } from '../../../../test/support/rollouts.ts';
import type { ActionRecord, DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Look } from '../look.ts';
import { nextStatus, refusedStatus } from './status.ts';

const refused: ActionRecord = { action: 'Retry', value: '9', recordedAt: '2026-01-01T00:00:00Z', refused: 'No.' };

function waiting(status: DeploymentStatus) {
  const engine = new EngineDriver();
  engine.look(aRelease(1), succeeded);
  const decision = engine.look(aRelease(2), anObservation(), { ahead: 1 });
  const look = { deployment: { ...aDeployment(), status }, releases: [], now: new Date(engine.nowMs) };
  return { engine, decision, look: look as unknown as Look };
}

const progressing = (conditions: DeploymentStatus['conditions']) =>
  conditions?.find(({ type }) => type === 'Progressing');

it('says of one that waits for its turn that it does, also when it was asked for something impossible', () => {
  const { decision, look } = waiting({ actions: [refused] });

  const { conditions } = nextStatus(look, { wish: {}, decision, observation: undefined });

  expect(decision.state.queued).toMatchObject({ release: 2 });
  expect(progressing(conditions)).toMatchObject({ reason: 'RolloutQueued' });
});

it('does not say of one that no place takes that it waits for its turn, which would hold up all others', () => {
  const { conditions } = nextStatus(...outcomeOf(waiting({})));
  const { engine, look } = waiting({ ...(conditions && { conditions }) });
  const decision = engine.ask(undefined, { paused: true });

  const status = refusedStatus(look, decision, { reason: 'TargetNotFound', message: 'There is none.' });

  expect(progressing(conditions)?.reason).toBe('RolloutQueued');
  expect(status.queued).toMatchObject({ release: 2 });
  expect(progressing(status.conditions)?.reason).not.toBe('RolloutQueued');
});

function outcomeOf({ look, decision }: ReturnType<typeof waiting>) {
  return [look, { wish: {}, decision, observation: undefined }] as const;
}
