import { expect, it } from 'vitest';
import type { Build } from '../../../crds/build/build.ts';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Read } from '../../../objects/wire.ts';
import { refuseUntrusted } from './untrusted.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const deployment = { metadata: { namespace: 'shop', name: 'web' } } as Read<Deployment>;

const projectIn = (namespace: string, repository: string) => ({
  metadata: { namespace },
  spec: { image: { repository } },
});

function storesOf(byIndex: (index: string, key: string) => Read<Build>[]) {
  const list = () => [projectIn('shop', 'r.test/shop'), projectIn('other', 'r.test/other')];
  return { builds: { store: { byIndex } as never }, projects: { store: { list } as never } };
}

function refuses(image: string, ...trusts: ('Trusted' | 'Untrusted')[]): () => void {
  const made = trusts.map((trust) => ({ metadata: { name: 'by-hand' }, status: { trust } }) as Read<Build>);
  const byIndex = (_index: string, key: string) => (key === `shop/${digest}` ? made : []);
  return () => refuseUntrusted(image, deployment, storesOf(byIndex));
}

it('refuses a digest that only an untrusted Build made, whatever name it has', () => {
  const refusal = expect.objectContaining({ finding: expect.objectContaining({ reason: 'UntrustedImage' }) });

  expect(refuses(`r.test/shop-untrusted@${digest}`, 'Untrusted')).toThrow(refusal);
  expect(refuses(`elsewhere.test/copy@${digest}`, 'Untrusted')).toThrow(refusal);
});

it('refuses what lies in the repository for untrusted images, as the image of one platform does under a digest of its own', () => {
  const refusal = expect.objectContaining({ finding: expect.objectContaining({ reason: 'UntrustedImage' }) });
  const part = `sha256:${'e'.repeat(64)}`;

  expect(refuses(`r.test/shop-untrusted@${part}`)).toThrow(refusal);
  expect(refuses('r.test/shop-untrusted:v1')).toThrow(refusal);
  expect(refuses(`r.test/other-untrusted@${part}`)).not.toThrow();
});

it('takes one that no Build made, or also a trusted one', () => {
  expect(refuses(`r.test/shop@${digest}`)).not.toThrow();
  expect(refuses(`r.test/shop@${digest}`, 'Untrusted', 'Trusted')).not.toThrow();
  expect(refuses(`r.test/shop@sha256:${'e'.repeat(64)}`, 'Untrusted')).not.toThrow();
});
