import { expect, it } from 'vitest';
import type { Build } from '../../../crds/build/build.ts';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Read } from '../../../objects/wire.ts';
import { refuseUntrusted } from './untrusted.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const deployment = { metadata: { namespace: 'shop', name: 'web' } } as Read<Deployment>;

function refuses(image: string, ...trusts: ('Trusted' | 'Untrusted')[]): () => void {
  const made = trusts.map((trust) => ({ metadata: { name: 'by-hand' }, status: { trust } }) as Read<Build>);
  const byIndex = (_index: string, key: string) => (key === `shop/${digest}` ? made : []);
  return () => refuseUntrusted(image, deployment, { builds: { store: { byIndex } as never } });
}

it('refuses a digest that only an untrusted Build made, whatever name it has', () => {
  const refusal = expect.objectContaining({ finding: expect.objectContaining({ reason: 'UntrustedImage' }) });

  expect(refuses(`r.test/shop-untrusted@${digest}`, 'Untrusted')).toThrow(refusal);
  expect(refuses(`elsewhere.test/copy@${digest}`, 'Untrusted')).toThrow(refusal);
});

it('takes one that no Build made, or also a trusted one', () => {
  expect(refuses(`r.test/shop@${digest}`)).not.toThrow();
  expect(refuses(`r.test/shop@${digest}`, 'Untrusted', 'Trusted')).not.toThrow();
  expect(refuses(`r.test/shop@sha256:${'e'.repeat(64)}`, 'Untrusted')).not.toThrow();
});
