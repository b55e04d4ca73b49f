import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../hack/cluster/images/testing/registry.ts';
import { ManualInformer } from '../../../test/support/manual-informer.ts';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { until } from '../../../test/support/until.ts';
import type { Build } from '../../crds/build/build.ts';
import { pushLayout } from '../../images/registry/layout.ts';
import { Layout, plainHttpAt } from '../../images/registry/registry-rig.ts';
import { Repository } from '../../images/registry/repository.ts';
import type { Informers, Stored } from '../../kube/index.ts';
import { secrets } from '../../objects/core.ts';
import { builds } from '../../objects/vish.ts';
import { createOutbound, type Outbound } from '../../outbound/outbound.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { systemClock } from '../../seams/system.ts';
import { createRetention } from './create.ts';

const login = { username: 'ann', password: 'planted-password' };
/** crypt(3) with bcrypt and few rounds of the password above. */
const users = 'ann:$2b$05$abcdefghijklmnopqrstuuXXXUKy4cODBo6oD0fJZB1CSpIzxX0SW';
const { signal } = new AbortController();
const tenMinutesMs = 10 * 60_000;

let work: string;
let registry: TestRegistry;
let outbound: Outbound;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-retention-'));
  registry = await startRegistry(work, { htpasswd: users, deletes: true });
  const exceptions = [plainHttpAt(registry.host)];
  outbound = createOutbound({ clock: systemClock, resolver: async () => ['127.0.0.1'], exceptions });
});

afterAll(async () => {
  await outbound.close();
  await registry[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

function at(repository: string): Repository {
  const place = { host: registry.host, repository, credentials: login, access: 'push' } as const;
  return new Repository({ outbound, clock: systemClock, signal, ...place });
}

/** An image and its Build; the higher the number, the newer. */
async function built(client: MemoryClient, number: number, { repository = 'acme/shop', trust = 'Trusted' } = {}) {
  const layout = new Layout(await mkdtemp(join(work, 'layout-')));
  await layout.holds((await layout.image([number])).image);
  const { digest } = await pushLayout(layout.folder, at(repository), String(number).repeat(40));
  const image = `${registry.host}/${repository}@${digest}`;
  const creationTimestamp = new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString();
  const ready = { type: 'Ready', status: 'True', reason: 'BuildSucceeded', message: '', lastTransitionTime: '' };
  const build = {
    metadata: { namespace: 'shop', name: `web-${number}`, creationTimestamp },
    status: { image, digest, trust, conditions: [ready] },
  };
  await client.create(builds, build as unknown as Build);
  return digest;
}

function informersOf(client: MemoryClient): { informers: Pick<Informers, 'informer'>; catchUp: () => Promise<void> } {
  let seen: Stored<Build>[] = [];
  const image = { repository: `${registry.host}/acme/shop`, unused: 'Delete', credentialsRef: { name: 'login' } };
  const project = { metadata: { namespace: 'shop', uid: 'p' }, spec: { image, builds: { historyLimit: 1 } } };
  const listOf = (plural: string) => (plural === 'builds' ? seen : plural === 'projects' ? [project] : []);
  const informer = ({ plural }: { plural: string }) => {
    const manual = new ManualInformer();
    manual.fill();
    const list = () => listOf(plural);
    return { ...manual.informer, store: { get: () => undefined, list, byIndex: list, size: 0 } };
  };
  const catchUp = async () => void (seen = (await client.list(builds)).items);
  return { informers: { informer } as unknown as Pick<Informers, 'informer'>, catchUp };
}

it("deletes what nothing uses with the Project's login, untrusted images apart, and nothing in repositories that it does not name", async () => {
  const client = new MemoryClient();
  const config = Buffer.from(JSON.stringify({ auths: { [registry.host]: login } })).toString('base64');
  await client.create(secrets, {
    metadata: { namespace: 'shop', name: 'login' },
    data: { '.dockerconfigjson': config },
  });
  const elsewhere = await built(client, 1, { repository: 'acme/former' });
  const untrusted = await built(client, 2, { repository: 'acme/shop-untrusted', trust: 'Untrusted' });
  const old = await built(client, 3);
  const newest = await built(client, 4);
  const { informers, catchUp } = informersOf(client);
  await catchUp();
  const clock = new ManualClock();
  const parts = { client, informers, outbound, clock, log: recordingLogger(), registry: new Registry() };
  const stopping = new AbortController();
  const running = createRetention(parts).start(stopping.signal);
  const marked = async () => (await client.list(builds)).items.filter(({ metadata }) => metadata.annotations);

  await until(() => clock.pending > 0);
  await clock.advance(tenMinutesMs);
  await until(async () => (await marked()).length === 3);
  await catchUp();
  await clock.advance(tenMinutesMs);
  await until(async () => (await client.list(builds)).items.length === 1);
  stopping.abort();
  await running;

  expect(await at('acme/shop').digestOf(old)).toBeUndefined();
  expect(await at('acme/shop-untrusted').digestOf(untrusted)).toBeUndefined();
  expect(await at('acme/shop').digestOf(newest)).toBe(newest);
  expect(await at('acme/former').digestOf(elsewhere)).toBe(elsewhere);
});
