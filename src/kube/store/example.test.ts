import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import { byOwnerUid } from './index-functions.ts';
import { IndexedStore } from './indexed-store.ts';

interface Pod extends KubeObject {
  spec: { nodeName?: string };
}

it('the example of the README finds objects by owner and by node', () => {
  const errors: unknown[] = [];

  // README
  const store = new IndexedStore<Pod>({ onIndexError: (index, error) => errors.push({ index, error }) });
  store.addIndex('owner', byOwnerUid);
  store.addIndex('node', ({ spec }) => (spec.nodeName === undefined ? [] : [spec.nodeName]));

  store.put('shop/web-1', pod('web-1', { owner: 'uid-of-web', nodeName: 'n1' }));
  store.put('shop/web-2', pod('web-2', { owner: 'uid-of-web' }));

  const ofWeb = store.byIndex('owner', 'uid-of-web');
  const onN1 = store.byIndex('node', 'n1');
  // end of README

  expect(ofWeb.map(({ metadata }) => metadata.name)).toEqual(['web-1', 'web-2']);
  expect(onN1.map(({ metadata }) => metadata.name)).toEqual(['web-1']);
  expect(errors).toEqual([]);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});

function pod(name: string, { owner, ...spec }: { owner: string; nodeName?: string }): Stored<Pod> {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: owner }];
  return { metadata: { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1', ownerReferences }, spec };
}
