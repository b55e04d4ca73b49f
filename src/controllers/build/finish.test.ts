import { expect, it } from 'vitest';
import type { Build } from '../../crds/build/build.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Succeeded } from '../../images/driver/driver.ts';
import { RegistryError } from '../../images/registry/errors.ts';
import { SignatureError } from '../../images/signature/errors.ts';
import type { Stored } from '../../kube/index.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { finish } from './finish.ts';
import type { Signer } from './signer.ts';

const now = Date.UTC(2026, 0, 1);
const metadata = { namespace: 'shop', name: 'shop', uid: 'u', resourceVersion: '1' };
const project = { metadata, spec: { image: { repository: 'r.test/shop' } } } as Stored<Project>;
const progress: Succeeded = {
  state: 'Succeeded',
  stages: [],
  digest: `sha256:${'d'.repeat(64)}`,
  sizeBytes: 1,
  platforms: [],
  dockerfile: undefined,
  cachedSteps: undefined,
  totalSteps: undefined,
};

function finished(sign: Signer['sign'], { trust = 'Trusted', deadline = now + 1000 } = {}) {
  const build = { metadata, spec: {}, status: { trust } } as Stored<Build>;
  const { signal } = new AbortController();
  const signer = { sign, check: async () => undefined };
  return finish({ build, project, now, signal, progress, deadline }, { signer, clock: new ManualClock() });
}

function failing(error: Error): Signer['sign'] {
  return async () => {
    throw error;
  };
}

it('signs each image with the key of its trust level, and tells the key and the time', async () => {
  const outcome = await finished(async ({ trust }) => `key of ${trust}`, { trust: 'Untrusted' });

  expect(outcome).toMatchObject({
    is: 'done',
    change: {
      fields: {
        signedBy: 'key of Untrusted',
        stages: [{ name: 'Sign' }],
        image: `r.test/shop-untrusted@${progress.digest}`,
      },
    },
  });
});

it('has no stage for signatures where nothing is signed', async () => {
  const outcome = await finished(async () => undefined);

  expect(outcome).toMatchObject({ is: 'done', change: { fields: { signedBy: undefined, stages: [] } } });
});

const passing = [
  new RegistryError('RegistryUnreachable', 'it is away'),
  new SignatureError('SigningKeyUnusable', 'no Secret'),
];

it.each(passing)('waits while $reason may pass, and gives up at the deadline', async (error) => {
  const { reason } = error;
  const message = `The image is pushed and not signed: ${error.message}`;

  expect(await finished(failing(error))).toMatchObject({ is: 'waiting', change: { reason, message } });
  expect(await finished(failing(error), { deadline: now })).toMatchObject({
    is: 'failed',
    failed: { reason, message, failure: { stage: 'Sign' } },
  });
});

it('fails at once where the registry takes no signature, and never hides a fault of ours', async () => {
  const denied = await finished(failing(new RegistryError('PushDenied', 'no')));

  expect(denied).toMatchObject({ is: 'failed', failed: { reason: 'PushDenied' } });
  await expect(finished(failing(new Error('bug')))).rejects.toThrow('bug');
});
