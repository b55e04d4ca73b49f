import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { readmeExample } from '../../test/support/readme-example.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { ManualClock } from '../seams/manual-clock.ts';
import { systemRandom } from '../seams/system.ts';
import { gitCredentials } from './credentials.ts';
import { Follower } from './follow/follower.ts';
import { FollowerMetrics } from './follow/metrics.ts';
import { wakesOf } from './follow/wakes.ts';
import { packet } from './git/pkt-line.ts';
import { resolveRef } from './resolve-ref.ts';

const commit = 'a'.repeat(40);
const headers = new Map([['content-type', 'application/x-git-upload-pack-advertisement']]);
const body = Buffer.from(`${packet(`${commit} refs/heads/main`)}0000`);

/** A host that lists one branch, in the oldest protocol. */
const outbound = {
  stream: async ({ url }: { url: string }) => ({
    status: 200,
    url,
    headers,
    body: (async function* () {
      yield body;
    })(),
    cancel: () => undefined,
  }),
} as unknown as Outbound;

it('does what the page says', async () => {
  const [clock, random, registry] = [new ManualClock(), systemRandom, new Registry()];
  const git = { url: 'https://git.example.com/acme/shop.git', pollSeconds: 60 };
  const secret = { data: { token: btoa('abc') } };
  const deployment = { metadata: { uid: 'd', annotations: { 'vish.dev/wake': '1' } } };
  const project = { metadata: { uid: 'p' } };
  const { signal } = new AbortController();

  // README
  const follower = new Follower({
    clock,
    random,
    metrics: new FollowerMetrics(registry),
    resolve: (request) => resolveRef(outbound, request),
  });

  const look = await follower.look({
    url: git.url,
    ref: { branch: 'main' },
    credentials: gitCredentials(secret.data),
    pollMs: git.pollSeconds * 1000,
    wakes: wakesOf(deployment, project),
    signal,
  });
  // end of README

  expect(look).toMatchObject({
    known: { commit, repositoryId: 'https://git.example.com/acme/shop' },
    error: undefined,
  });
});

it('is the example of the page', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(tested).toBe(readme);
});
