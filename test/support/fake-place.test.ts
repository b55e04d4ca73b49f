import { deployment } from '../../src/crds/deployment/deployment.ts';
import { workload } from '../../src/crds/workload/workload.ts';
import type { Release } from '../../src/rollout/release.ts';
import { targetContract } from '../../src/targets/contract/contract.ts';
import type { TargetRig } from '../../src/targets/contract/rig.ts';
import { FakePlace, FakeTarget } from './fake-place.ts';
import { recordingLogger } from './recording-logger.ts';

targetContract('the place that tests use', async () => aRig());

function aRig(): TargetRig {
  const place = new FakePlace();
  const spec = { source: { image: 'registry.example.com/web:1' } };
  const object = deployment.schema.parse({
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec,
  });
  return {
    newTarget: () => new FakeTarget(place),
    scope: (memory) => ({
      deployment: object,
      memory,
      signal: new AbortController().signal,
      log: recordingLogger(),
    }),
    makeRelease: async (number, { image = `web:${number}` } = {}) => aRelease(number, image),
    settle: async () => undefined,
    breakRelease: async (number) => void place.broken.add(number),
    supersede: async () => void (place.foreign = 'in its place'),
    becomeUnreachable: async () => void (place.reachable = false),
    occupy: async () => void (place.foreign = 'in the way'),
    dropRelease: async () => undefined,
    dropDeployment: async () => undefined,
    inventory: async () => ({
      running: Object.fromEntries(place.sides().map(({ release, replicas }) => [release, replicas])),
      releases: [...place.known].sort((a, b) => a - b),
      objects: {},
      foreign: place.foreign,
    }),
  };
}

function aRelease(number: number, image: string): Release {
  const { scale: _, ...runs } = workload.parse({});
  return {
    number,
    name: `web-${number}`,
    hash: `hash-${number}`,
    uid: `uid-${number}`,
    image,
    workload: runs,
    configuration: [],
    rendered: { image },
  };
}
