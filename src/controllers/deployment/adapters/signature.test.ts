import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { MemoryClient } from '../../../../test/support/memory-client.ts';
import { deployment } from '../../../crds/deployment/deployment.ts';
import { digestOf } from '../../../images/registry/digest.ts';
import { bundleType, signatureBundle } from '../../../images/signature/bundle.ts';
import type { SigningKey } from '../../../images/signature/keys.ts';
import { secrets } from '../../../objects/core.ts';
import type { Outbound } from '../../../outbound/outbound.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { type SignaturePolicy, verifyImage } from './signature.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const image = `r.test/shop@${digest}`;
const policy: SignaturePolicy = { namespace: 'vish-system', secret: 'signing', publicKeys: [] };
const aKey = (): SigningKey => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const ours = aKey();

let asked: string[];
let client: MemoryClient;

beforeEach(async () => {
  asked = [];
  client = new MemoryClient();
  const pem = ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const data = { 'cosign.key': Buffer.from(pem).toString('base64') };
  await client.create(secrets, { metadata: { namespace: 'vish-system', name: 'signing' }, data });
});

/** What a registry has of an image that these keys signed. */
function contentFor(
  keys: readonly SigningKey[],
  beside: readonly object[] = [],
): Map<string, { type: string; content: Buffer }> {
  const content = new Map<string, { type: string; content: Buffer }>();
  const manifests = keys.map((key) => {
    const bundle = signatureBundle(digest, key);
    const layer = { mediaType: bundleType, digest: digestOf(bundle), size: bundle.length };
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = Buffer.from(JSON.stringify({ config: layer, layers: [layer] }));
    content.set(`blobs/${layer.digest}`, { type: '', content: bundle });
    content.set(`manifests/${digestOf(manifest)}`, { type, content: manifest });
    return { mediaType: type, digest: digestOf(manifest), size: manifest.length, artifactType: bundleType };
  });
  content.set(`referrers/${digest}`, {
    type: '',
    content: Buffer.from(JSON.stringify({ manifests: [...manifests, ...beside] })),
  });
  return content;
}

function verify(given: SignaturePolicy | undefined, ...keys: readonly SigningKey[]): Promise<void> {
  return verifyIn(contentFor(keys), given);
}

function verifyIn(
  content: ReturnType<typeof contentFor>,
  given: SignaturePolicy | undefined,
  wanted = image,
): Promise<void> {
  const stream = async ({ url }: { url: string }) => {
    asked.push(url);
    const found = content.get(url.replace('https://r.test/v2/shop/', ''));
    return {
      status: found === undefined ? 404 : 200,
      url,
      headers: new Map([['content-type', found?.type ?? '']]),
      body: (async function* () {
        yield found?.content ?? Buffer.of();
      })(),
      cancel: () => undefined,
    };
  };
  const metadata = { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '1' };
  const spec = { source: { image }, target: { cluster: {} } };
  const parsed = deployment.schema.parse({ apiVersion: 'vish.dev/v1alpha1', kind: 'Deployment', metadata, spec });
  const outbound = { stream } as unknown as Outbound;
  const means = { client, outbound, clock: new ManualClock(), loginFor: async () => undefined };
  const { signal } = new AbortController();
  return verifyImage({ ...means, policy: given })(wanted, { deployment: { ...parsed, metadata }, signal });
}

it('asks for nothing where no policy asks for signatures', async () => {
  await verify(undefined);

  expect(asked).toEqual([]);
});

it('lets an image run that our key signed, or one of the further keys', async () => {
  const other = aKey();
  const publicKeys = [other.publicKey.export({ type: 'spki', format: 'pem' }).toString()];

  await expect(verify(policy, aKey(), ours)).resolves.toBeUndefined();
  await expect(verify({ ...policy, publicKeys }, other)).resolves.toBeUndefined();
  await expect(verify({ ...policy, secret: undefined, publicKeys }, other)).resolves.toBeUndefined();
});

const typeOf = 'dev.sigstore.bundle.predicateType';

it('finds the signature behind ever so many attestations of others', async () => {
  const scan = { mediaType: 'm', digest: digestOf('scan'), size: 1, artifactType: bundleType };
  const scans = Array.from({ length: 30 }, () => ({ ...scan, annotations: { [typeOf]: 'https://scan.test/v1' } }));

  await expect(verifyIn(contentFor([ours], scans), policy)).resolves.toBeUndefined();
});

it('finds the signature beside what somebody attached broken, and says what is broken where there is none', async () => {
  const broken = (keys: readonly SigningKey[]) => {
    const layer = { mediaType: bundleType, digest: digestOf('is not there'), size: 1 };
    const manifest = Buffer.from(JSON.stringify({ config: layer, layers: [layer] }));
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const listed = { mediaType: type, digest: digestOf(manifest), size: manifest.length, artifactType: bundleType };
    return contentFor(keys, [listed]).set(`manifests/${digestOf(manifest)}`, { type, content: manifest });
  };

  await expect(verifyIn(broken([ours]), policy)).resolves.toBeUndefined();
  await expect(verifyIn(broken([]), policy)).rejects.toMatchObject({ reason: 'SourceNotFound' });
});

it.each([
  ['nobody signed', []],
  ['somebody else signed', [aKey()]],
])('refuses an image that %s', async (_what, keys) => {
  await expect(verify(policy, ...keys)).rejects.toMatchObject({
    reason: 'SignatureMissing',
    message: expect.stringContaining(image),
  });
});

it('takes no tag for an image, because a signature is one of a digest', async () => {
  await expect(verifyIn(contentFor([ours]), policy, 'r.test/shop:v1')).rejects.toMatchObject({
    reason: 'SignatureMissing',
    message: expect.stringContaining('digest'),
  });
});

it('lets nothing run where the key is gone', async () => {
  await client.delete(secrets, { namespace: 'vish-system', name: 'signing' });

  await expect(verify(policy, ours)).rejects.toMatchObject({ reason: 'SigningKeyUnusable' });
});
