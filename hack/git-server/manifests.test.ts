import { expect, it } from 'vitest';
import { gitServerManifests, urlInCluster, urlOnMachine, usual } from './manifests.ts';

it('the Service is what the two URLs say', async () => {
  const manifests = await gitServerManifests({ ...usual, namespace: 'here', nodePort: 30001, repository: 'shop' });

  const settings = { ...usual, namespace: 'here', nodePort: 30001 };
  expect(urlInCluster(settings)).toBe('http://git.here.svc.cluster.local/shop.git');
  expect(urlOnMachine(settings)).toBe('http://127.0.0.1:30001/shop.git');
  expect(manifests).toContainEqual(
    expect.objectContaining({
      kind: 'Service',
      metadata: expect.objectContaining({ namespace: 'here', name: 'git' }) as unknown,
      spec: expect.objectContaining({
        ports: [expect.objectContaining({ port: 80, nodePort: 30001 }) as unknown],
      }) as unknown,
    }),
  );
});

it('the program comes without its tests, the sample with its Dockerfile', async () => {
  const manifests = await gitServerManifests(usual);
  const files = manifests.flatMap((manifest) => Object.keys('data' in manifest ? (manifest.data as object) : {}));

  expect(files).toContain('serve.ts');
  expect(files).toContain('Dockerfile');
  expect(files.filter((name) => name.includes('.test.'))).toEqual([]);
});
