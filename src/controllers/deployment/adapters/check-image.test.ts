import { expect, it } from 'vitest';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { SignatureError } from '../../../images/signature/errors.ts';
import type { Read } from '../../../objects/wire.ts';
import { checkImage } from './check-image.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const request = {
  deployment: { metadata: { namespace: 'shop', name: 'web' } } as Read<Deployment>,
  signal: new AbortController().signal,
};

function admit(image: string, given: { onlySigned: boolean; signed?: string; untrusted?: boolean }) {
  const { onlySigned, signed, untrusted = false } = given;
  const made = untrusted ? [{ metadata: { name: 'by-hand' }, status: { trust: 'Untrusted' } }] : [];
  return checkImage({
    onlySigned,
    stores: { builds: { store: { byIndex: () => made } as never }, projects: { store: { list: () => [] } as never } },
    resolveImage: async (written) => `${written.split(':')[0]}@${digest}`,
    verifyImage: async (found) => {
      if (onlySigned && found !== signed) throw new SignatureError('SignatureMissing', `${found} has no signature`);
    },
  })(image, request);
}

it('lets a check run no unsigned image where releases may not', async () => {
  await expect(admit('tools:1', { onlySigned: true })).rejects.toMatchObject({ reason: 'SignatureMissing' });
});

it('runs the digest whose signature was looked at, whatever the tag means later', async () => {
  expect(await admit('tools:1', { onlySigned: true, signed: `tools@${digest}` })).toBe(`tools@${digest}`);
});

it('lets a check run no image that only an untrusted Build made', async () => {
  const untrusted = admit(`tools@${digest}`, { onlySigned: false, untrusted: true });
  await expect(untrusted).rejects.toMatchObject({ reason: 'UntrustedImage' });
});

it('leaves the image as it is written where any may run', async () => {
  expect(await admit('tools:1', { onlySigned: false })).toBe('tools:1');
});
