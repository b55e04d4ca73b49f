import { afterAll, beforeAll } from 'vitest';
import { openPlace, type Place } from '../../../test/support/cluster-place/place.ts';
import { makeClusterRig } from '../../../test/support/cluster-place/rig.ts';
import { targetContract } from '../contract/contract.ts';

let place: Place | undefined;

beforeAll(async () => {
  place = await openPlace(`test-api-${process.pid}`);
});

afterAll(() => place?.close());

targetContract('the cluster', () => {
  if (place === undefined) throw new Error('the place did not open');
  return makeClusterRig(place);
});
