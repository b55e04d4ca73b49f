import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../hack/cluster/images/testing/registry.ts';
import { registryHost } from '../../../../test/support/aws/ecr.ts';
import { aRelease, aTargetOn, makeEcsRig, names, scopeOf } from '../../../../test/support/aws/rig.ts';
import { pushLayout } from '../../../images/registry/layout.ts';
import { Layout, plainHttpAt } from '../../../images/registry/registry-rig.ts';
import { Repository } from '../../../images/registry/repository.ts';
import { createOutbound, type Outbound } from '../../../outbound/outbound.ts';
import { systemClock } from '../../../seams/system.ts';
import { intentFor } from '../../contract/drive.ts';
import type { Target } from '../../target.ts';
import { createImageCopier } from './copier.ts';

let folder: string;
let registry: TestRegistry;
let outbound: Outbound;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vish-ecr-'));
  registry = await startRegistry(await mkdtemp(join(folder, 'registry-')));
  const exceptions = [plainHttpAt(registry.host)];
  outbound = createOutbound({ clock: systemClock, resolver: async () => ['127.0.0.1'], exceptions });
});

afterAll(async () => {
  await outbound.close();
  await registry[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('copies an image into the repository of the account by digest, once', async () => {
  const target = await aTargetWithRegistry();
  const digest = await push();
  const release = aRelease(target, 1, { image: `${registry.host}/shop/web@${digest}` });

  await target.prepare(scopeOf(undefined), intentFor(release));
  await target.prepare(scopeOf(undefined), intentFor(release));

  const copied = await repository(names.repository).manifest('release-1');
  expect(copied?.digest).toBe(digest);
});

it('says which image is missing, and registers nothing for it', async () => {
  const target = await aTargetWithRegistry();
  const digest = `sha256:${'0'.repeat(64)}`;
  const release = aRelease(target, 2, { image: `${registry.host}/shop/web@${digest}` });

  const attempt = target.prepare(scopeOf(undefined), intentFor(release));

  await expect(attempt).rejects.toMatchObject({ name: 'TargetError', reason: 'SourceNotFound' });
});

/** ECR has no registry to run here: a plain one answers for its host. */
async function aTargetWithRegistry(): Promise<Target> {
  const { aws } = await makeEcsRig();
  const hostOf = (host: string) => (host === registryHost ? registry.host : host);
  return aTargetOn(aws.url, createImageCopier({ outbound, clock: systemClock, hostOf }));
}

async function push(): Promise<string> {
  const layout = new Layout(await mkdtemp(join(folder, 'layout-')));
  const { image } = await layout.image([100_000]);
  await layout.holds(image);
  await pushLayout(layout.folder, repository('shop/web'), 'v1');
  return image.digest;
}

function repository(name: string): Repository {
  const signal = AbortSignal.timeout(60_000);
  return new Repository({
    outbound,
    clock: systemClock,
    signal,
    host: registry.host,
    repository: name,
    access: 'push',
  });
}
