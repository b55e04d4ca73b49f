import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { systemClock as clock } from '../../seams/system.ts';
import { loadConnection } from './load-connection.ts';

const kubeconfig = `
clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: dev, context: {cluster: c, user: u}}]
`;

it('connects as the page shows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'connection-'));
  const path = join(folder, 'config');
  await writeFile(path, kubeconfig);

  // README
  const connection = await loadConnection({ clock, kubeconfig: path, context: 'dev' });
  const { tls, headers } = await connection.credentials();
  // end of README

  await rm(folder, { recursive: true });
  expect([connection.server, tls.insecure, headers]).toEqual([
    'https://10.0.0.1:6443',
    false,
    { authorization: 'Bearer t' },
  ]);
});

it('is the code of the page', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(tested).toBe(readme);
});
