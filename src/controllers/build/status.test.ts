import { expect, it } from 'vitest';
import type { Build } from '../../crds/build/build.ts';
import type { Succeeded } from '../../images/driver/driver.ts';
import type { Stored } from '../../kube/index.ts';
import { succeededStatus } from './status.ts';

const build = { metadata: { name: 'b' }, spec: {} } as Stored<Build>;
const progress: Succeeded = {
  state: 'Succeeded',
  stages: [],
  digest: 'sha256:1',
  sizeBytes: 1,
  platforms: [],
  dockerfile: undefined,
  cachedSteps: 0,
  totalSteps: 1,
};

it.each([
  [{ dockerfile: 'web/Dockerfile' }, 'web/Dockerfile of the repository'],
  [{ dockerfile: 'derived Dockerfile', plan: 'derived from go.mod: go 1.26' }, 'derived from go.mod: go 1.26'],
  [{}, undefined],
])('says of %j where the Dockerfile came from', (built, plan) => {
  expect(succeededStatus({ build, now: 0 }, { ...progress, ...built }, undefined).fields).toMatchObject({ plan });
});
