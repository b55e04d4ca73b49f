import { expect, it } from 'vitest';
import { ManualClock } from '../../seams/manual-clock.ts';
import type { LogFields, Logger } from '../log/logger.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import type { KubeRequest, Transport } from '../transport/transport.ts';
import type { Client } from './client.ts';
import { createClient } from './create-client.ts';
import { listAll } from './list-all.ts';

interface Workload extends KubeObject {
  spec?: { replicas: number };
}

const deployments: Resource<Workload> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
const secrets: Resource = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
const nodes: Resource = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };
const web = { namespace: 'shop', name: 'web' };

interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** The end of the line: notes each request and gives the prepared answers in turn. */
function clientWith(...answers: Answer[]): { client: Client; requests: KubeRequest[]; warnings: LogFields[] } {
  const requests: KubeRequest[] = [];
  const warnings: LogFields[] = [];
  const transport: Pick<Transport, 'request'> = {
    request(request) {
      requests.push(request);
      const { status = 200, body = { metadata: {} }, headers = {} } = answers.shift() ?? {};
      return Promise.resolve({ status, headers, body: Buffer.from(JSON.stringify(body)) });
    },
  };
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields) => void warnings.push(fields),
    error: () => undefined,
    child: () => logger,
  };
  const options = { transport: transport as Transport, clock: new ManualClock(), fieldManager: 'vish-test', logger };
  return { client: createClient(options), requests, warnings };
}

it('addresses objects of groups, of the core and of the whole cluster', async () => {
  const { client, requests } = clientWith();

  await client.get(deployments, web);
  await client.get(secrets, web);
  await client.get(nodes, { name: 'n1' });

  expect(requests.map(({ path }) => path)).toEqual([
    '/apis/apps/v1/namespaces/shop/deployments/web',
    '/api/v1/namespaces/shop/secrets/web',
    '/api/v1/nodes/n1',
  ]);
});

it('reads what a container printed, as text', async () => {
  const { client, requests } = clientWith({ body: 'one' });
  const options = { container: 'app', tailLines: 2, limitBytes: 9, timeoutMs: 1000 };

  expect(await client.log({ ...secrets, plural: 'pods' }, web, options)).toBe('"one"');
  expect(requests[0]).toMatchObject({
    path: '/api/v1/namespaces/shop/pods/web/log?container=app&tailLines=2&limitBytes=9',
    timeoutMs: 1000,
  });
});

it.each(['', '.', '..', 'a/b', 'a%2fb'])('refuses the name %j before it becomes another path', async (name) => {
  const { client, requests } = clientWith();

  await expect(client.delete(deployments, { namespace: 'shop', name })).rejects.toMatchObject({ code: 'Invalid' });
  expect(requests).toEqual([]);
});

it('refuses to touch a namespaced object without a namespace', async () => {
  const { client } = clientWith();

  await expect(client.get(deployments, { name: 'web' })).rejects.toMatchObject({ code: 'Invalid' });
  await expect(client.create(deployments, { metadata: { name: 'web' } })).rejects.toMatchObject({ code: 'Invalid' });
});

it('applies the whole intent, by force, under one name and strictly', async () => {
  const { client, requests } = clientWith();

  await client.apply(deployments, { metadata: web, spec: { replicas: 2 } });

  expect(requests[0]).toMatchObject({
    method: 'PATCH',
    path: '/apis/apps/v1/namespaces/shop/deployments/web?fieldManager=vish-test&fieldValidation=Strict&force=true',
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: web, spec: { replicas: 2 } }),
  });
});

it('sends each kind of patch under its own type and to its subresource', async () => {
  const { client, requests } = clientWith();

  await client.patch(deployments, web, [{ op: 'remove', path: '/spec' }], { type: 'json' });
  await client.patch(deployments, web, { status: {} }, { type: 'merge', subresource: 'status', dryRun: true });
  await client.patch(deployments, web, {}, { type: 'strategic', subresource: 'scale' });

  expect(
    requests.map(({ path, headers }) => [
      path.replace(/\?.*(dryRun=All)|\?.*/, ' $1').trim(),
      headers?.['content-type'],
    ]),
  ).toEqual([
    ['/apis/apps/v1/namespaces/shop/deployments/web', 'application/json-patch+json'],
    ['/apis/apps/v1/namespaces/shop/deployments/web/status dryRun=All', 'application/merge-patch+json'],
    ['/apis/apps/v1/namespaces/shop/deployments/web/scale', 'application/strategic-merge-patch+json'],
  ]);
});

it('deletes in the background unless told otherwise, and only the object that was meant', async () => {
  const { client, requests } = clientWith();

  await client.delete(deployments, web, { preconditions: { uid: 'u1', resourceVersion: '7' } });

  expect(JSON.parse(String(requests[0]?.body))).toEqual({
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Background',
    preconditions: { uid: 'u1', resourceVersion: '7' },
  });
});

it('gives listed objects the type that the server leaves out', async () => {
  const { client, requests } = clientWith({ body: { metadata: { resourceVersion: '9' }, items: [{ metadata: web }] } });

  const list = await client.list(deployments, { namespace: 'shop', labelSelector: 'a=b,c', limit: 5 });

  expect(list.items).toEqual([{ metadata: web, apiVersion: 'apps/v1', kind: 'Deployment' }]);
  expect(requests[0]?.path).toBe('/apis/apps/v1/namespaces/shop/deployments?labelSelector=a%3Db%2Cc&limit=5');
});

it('walks through all pages and stops at the bound', async () => {
  const page = (name: string, next?: string) => ({
    body: { metadata: { resourceVersion: '1', continue: next }, items: [{ metadata: { name } }] },
  });
  const { client, requests } = clientWith(page('a', 't1'), page('b'), page('a', 't1'), page('b', 't2'));

  const names = await namesOf(listAll(client, nodes, { resourceVersion: '0' }));
  const bounded = namesOf(listAll(client, nodes, { maxObjects: 1 }));

  expect(names).toEqual(['a', 'b']);
  expect(requests.slice(0, 2).map(({ path }) => path)).toEqual([
    '/api/v1/nodes?resourceVersion=0&limit=500',
    '/api/v1/nodes?limit=500&continue=t1',
  ]);
  await expect(bounded).rejects.toMatchObject({ code: 'Unsupported', message: /more than 1/ });
});

it('says what was attempted when the server refuses', async () => {
  const body = { kind: 'Status', reason: 'Conflict', message: 'the object has been modified', code: 409 };
  const { client } = clientWith({ status: 409, body });

  await expect(client.updateStatus(deployments, { metadata: web })).rejects.toMatchObject({
    code: 'Conflict',
    message: 'update status of deployments.apps shop/web: the object has been modified',
  });
});

it('keeps the content of a Secret out of every error', async () => {
  const refusal = { kind: 'Status', reason: 'Invalid', message: 'Invalid value: "hunter2"', code: 422 };
  const { client } = clientWith({ status: 422, body: refusal }, { body: 'hunter2' });

  const refused = await client.apply(secrets, { metadata: web }).catch((error: Error) => error.message);
  const garbled = await client.get(secrets, web).catch((error: Error) => error.message);

  expect([refused, garbled]).toEqual([
    expect.not.stringContaining('hunter2') as string,
    expect.not.stringContaining('hunter2') as string,
  ]);
});

it('logs a warning once, however often it comes', async () => {
  const headers = { warning: '299 - "apps/v1beta1 Deployment is deprecated", 299 - "unknown field \\"x\\""' };
  const { client, warnings } = clientWith({ headers }, { headers });

  await client.get(deployments, web);
  await client.get(deployments, web);

  expect(warnings).toEqual([
    { warning: 'apps/v1beta1 Deployment is deprecated', attempted: 'get deployments.apps shop/web' },
    { warning: 'unknown field "x"', attempted: 'get deployments.apps shop/web' },
  ]);
});

async function namesOf(objects: AsyncIterable<KubeObject>): Promise<string[]> {
  const names: string[] = [];
  for await (const { metadata } of objects) names.push(metadata.name ?? '');
  return names;
}
