import { expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Look } from '../look.ts';
import { noteActions } from './note.ts';

const now = new Date('2026-01-01T12:00:00Z');
const ready = { type: 'Ready', status: 'True', reason: 'ReleaseLive', message: '' } as const;
const conditions = [{ ...ready, observedGeneration: 1, lastTransitionTime: '2026-01-01T11:00:00Z' }];

function aLook(annotations: Record<string, string>): Look {
  const deployment = aDeployment();
  const metadata = { ...deployment.metadata, annotations };
  return { deployment: { ...deployment, metadata, status: { conditions } }, releases: [], now } as unknown as Look;
}

/** A server that stores what it is given, unless the object is gone. */
function aServer({ gone = false } = {}) {
  const writes: Partial<DeploymentStatus>[] = [];
  const writeStatus = ({ deployment }: Look, fields: Partial<DeploymentStatus>) => {
    writes.push(fields);
    const status = { ...deployment.status, ...fields };
    return Promise.resolve(gone ? undefined : { ...deployment, status });
  };
  return { writes, writeStatus };
}

it('writes an action down and goes on with it in the same look', async () => {
  const server = aServer();
  const look = await noteActions(server, aLook({ 'vish.dev/restart': 'now' }));

  expect(server.writes).toHaveLength(1);
  expect(look?.deployment.status?.actions).toMatchObject([{ action: 'Restart', value: 'now' }]);
  expect(look?.deployment.status?.conditions).toEqual(conditions);
});

it('writes nothing without an action', async () => {
  const server = aServer();
  const before = aLook({});

  expect(await noteActions(server, before)).toBe(before);
  expect(server.writes).toEqual([]);
});

it('goes no further with a Deployment that is gone', async () => {
  expect(await noteActions(aServer({ gone: true }), aLook({ 'vish.dev/restart': 'now' }))).toBeUndefined();
});
