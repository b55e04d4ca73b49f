import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureBinaries } from '../../../hack/cluster/build/builder.ts';
import { createReporter } from '../../../hack/cluster/cli/reporter.ts';
import { startRegistry, type TestRegistry } from '../../../hack/cluster/images/testing/registry.ts';
import { run } from '../../../hack/lib/run.ts';
import { createOutbound, type Outbound } from '../../outbound/outbound.ts';
import { systemClock } from '../../seams/system.ts';
import { pushLayout } from '../registry/layout.ts';
import { referrersOf } from '../registry/referrers.ts';
import { Layout, plainHttpAt } from '../registry/registry-rig.ts';
import { Repository } from '../registry/repository.ts';
import { isSigned, signImage } from './image.ts';
import { publicKeyOf, type SigningKey } from './keys.ts';

let work: string;
let registry: TestRegistry;
let outbound: Outbound;
let cosign: string;
let digest: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-cosign-'));
  ({ cosign = '' } = await ensureBinaries(['cosign'], createReporter()));
  registry = await startRegistry(work);
  const exceptions = [plainHttpAt(registry.host)];
  outbound = createOutbound({ clock: systemClock, resolver: async () => ['127.0.0.1'], exceptions });
}, 1_800_000);

afterAll(async () => {
  await outbound.close();
  await registry[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

/** An index, as a build with attestations leaves it. */
beforeEach(async () => {
  const layout = new Layout(await mkdtemp(join(work, 'layout-')));
  const index = await layout.index([(await layout.image([100])).image]);
  await layout.holds(index);
  ({ digest } = await pushLayout(layout.folder, repository()));
});

function repository(): Repository {
  const signal = AbortSignal.timeout(60_000);
  const place = { host: registry.host, repository: 'acme/shop', access: 'push' } as const;
  return new Repository({ outbound, clock: systemClock, signal, ...place });
}

const aKey = (): SigningKey => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

async function fileOf(key: SigningKey): Promise<string> {
  const file = join(await mkdtemp(join(work, 'key-')), 'cosign.pub');
  await writeFile(file, key.publicKey.export({ type: 'spki', format: 'pem' }));
  return file;
}

/** As somebody types it who has the public key and no log of signatures. */
async function verified(key: SigningKey): Promise<{ code: number; stdout: string; stderr: string }> {
  const image = `${registry.host}/acme/shop@${digest}`;
  const args = ['verify', '--key', await fileOf(key), '--insecure-ignore-tlog', '--allow-http-registry', image];
  return run(cosign, args, { allowFailure: true, env: { ...process.env, HOME: work } });
}

it('makes signatures that cosign finds and verifies, and only with their key', async () => {
  const key = aKey();
  await signImage(repository(), digest, key);

  expect(await verified(key)).toMatchObject({ code: 0, stdout: expect.stringContaining(digest) });
  expect((await verified(aKey())).code).not.toBe(0);
});

it('signs an image once with each key, and cosign verifies both', async () => {
  const keys = [aKey(), aKey()];
  for (const key of [...keys, ...keys]) await signImage(repository(), digest, key);

  expect(await referrersOf(repository(), digest)).toHaveLength(2);
  for (const key of keys) expect((await verified(key)).code).toBe(0);
  expect(await isSigned(repository(), digest, [aKey().publicKey])).toBe(false);
});

it('takes a signature that cosign made', async () => {
  await run(cosign, ['generate-key-pair'], { cwd: work, env: { ...process.env, COSIGN_PASSWORD: '' } });
  const publicKey = publicKeyOf(await readFile(join(work, 'cosign.pub'), 'utf8'));
  await run(cosign, ['signing-config', 'create', '--out', 'services.json'], { cwd: work });
  const args = ['sign', '--key', 'cosign.key', '--signing-config', 'services.json', '--yes', '--allow-http-registry'];
  const image = `${registry.host}/acme/shop@${digest}`;
  await run(cosign, [...args, image], { cwd: work, env: { ...process.env, COSIGN_PASSWORD: '', HOME: work } });

  if (publicKey === undefined) throw new Error('cosign wrote another sort of key');
  expect(await isSigned(repository(), digest, [publicKey])).toBe(true);
});
