import { expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import { anObservation, aRelease, EngineDriver, succeeded } from '../../../../test/support/rollouts.ts';
import type { ActionRecord } from '../../../crds/deployment/status.ts';
import type { Look } from '../look.ts';
import { nextStatus } from './status.ts';

const refused: ActionRecord = { action: 'Retry', value: '9', recordedAt: '2026-01-01T00:00:00Z', refused: 'No.' };

it('says of one that waits for its turn that it does, also when it was asked for something impossible', () => {
  const engine = new EngineDriver();
  engine.look(aRelease(1), succeeded);
  const decision = engine.look(aRelease(2), anObservation(), { ahead: 1 });
  const deployment = { ...aDeployment(), status: { actions: [refused] } };
  const look = { deployment, releases: [], now: new Date(engine.nowMs) } as unknown as Look;

  const { conditions } = nextStatus(look, { wish: {}, decision, observation: undefined });

  expect(decision.state.queued).toMatchObject({ release: 2 });
  expect(conditions?.find(({ type }) => type === 'Progressing')).toMatchObject({ reason: 'RolloutQueued' });
});
