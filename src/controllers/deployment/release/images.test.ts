import { expect, it } from 'vitest';
import type { Build } from '../../../crds/build/build.ts';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Read } from '../../../objects/wire.ts';
import { admitBeside } from './beside.ts';
import { imagesIn } from './images.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const app = `r.test/app@${digest('a')}`;
const podOf = (spec: object) => ({ template: { metadata: {}, spec } });

it('finds every image that a pod runs or mounts', () => {
  const rendered = podOf({
    initContainers: [{ name: 'first', image: 'first:1' }],
    containers: [
      { name: 'app', image: app },
      { name: 'beside', image: 'beside:1' },
      { name: 'none', image: null },
    ],
    volumes: [
      { name: 'model', image: { reference: 'model:1' } },
      { name: 'empty', emptyDir: {} },
    ],
  });

  expect(imagesIn(rendered)).toEqual(['first:1', app, 'beside:1', 'model:1']);
  expect(imagesIn({ taskDefinition: {} })).toEqual([]);
  expect(imagesIn({ template: { spec: null } })).toEqual([]);
});

async function looksAt(rendered: object, { untrusted = [] as string[], unchanged = false } = {}): Promise<string[]> {
  const looked: string[] = [];
  const byIndex = (_: string, key: string) =>
    untrusted.some((each) => key.endsWith(each))
      ? [{ metadata: { name: 'by-hand' }, status: { trust: 'Untrusted' } } as Read<Build>]
      : [];
  const context = {
    stores: { builds: { store: { byIndex } }, projects: { store: { list: () => [] } } },
    verifyImage: async (image: string) => void looked.push(image),
    signal: new AbortController().signal,
  };
  const deployment = { metadata: { namespace: 'shop', name: 'web' } } as Read<Deployment>;
  await admitBeside(context as never, { deployment, image: app, rendered, unchanged });
  return looked;
}

it('looks at each image that a patch brings, also at one in the place of the app', async () => {
  const evil = `r.test/evil@${digest('e')}`;

  expect(await looksAt(podOf({ containers: [{ image: evil }, { image: 'beside:1' }] }))).toEqual([evil, 'beside:1']);
  expect(await looksAt(podOf({ containers: [{ image: app }] }))).toEqual([]);
});

it('refuses one that only an untrusted Build made, and asks nothing of a restart of the same', async () => {
  const rendered = podOf({ containers: [{ image: app }, { image: `r.test/app-untrusted@${digest('e')}` }] });
  const untrusted = [digest('e')];

  await expect(looksAt(rendered, { untrusted })).rejects.toMatchObject({ reason: 'UntrustedImage' });
  expect(await looksAt(rendered, { untrusted, unchanged: true })).toEqual([]);
});
