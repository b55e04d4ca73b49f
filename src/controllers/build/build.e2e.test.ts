import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { networkPolicies } from '../../../hack/cluster/network-policy/kinds.ts';
import { buildEgress } from '../../../hack/quickstart/manifests.ts';
import { packageGateway, packageHost } from '../../../hack/quickstart/package-gateway.ts';
import { applyBuildPolicy } from '../../../test/support/build-policy.ts';

import { buildWorld } from '../../../test/support/build-world.ts';
import { startDockerEngine } from '../../../test/support/docker-engine/docker-engine.ts';
import { dockerFolders } from '../../../test/support/docker-engine/programs.ts';
import { type GitServer, startGitServer } from '../../../test/support/git-server/git-server.ts';
import { createRepository, type Repository } from '../../../test/support/git-server/repository.ts';
import { installKinds } from '../../../test/support/kinds/cluster.ts';
import { type Neighbours, reachProgram, startNeighbours } from '../../../test/support/neighbours.ts';
import { pushOurImages } from '../../../test/support/our-images.ts';
import { findSshd } from '../../../test/support/ssh-server/program.ts';
import { type SshServer, startSshServer } from '../../../test/support/ssh-server/ssh-server.ts';
import { until } from '../../../test/support/until.ts';
import type { Build } from '../../crds/build/build.ts';
import { findCondition } from '../../crds/conditions/conditions.ts';
import { configMaps, pods, secrets } from '../../objects/core.ts';
import { annotations } from '../../objects/labels.ts';
import { builds } from '../../objects/vish.ts';

const { kubeconfig, registry } = inject('node');
const address = registry.split(':')[0] ?? '';
const port = Number(registry.split(':')[1]);

const sshd = await findSshd();
const docker = await dockerFolders();

let root: string;
let server: GitServer;
let sshServer: SshServer | undefined;
let repository: Repository;
/** A registry that lets nobody push. */
let refusing: Server;
let world: Awaited<ReturnType<typeof buildWorld>>;

const sample = {
  Dockerfile:
    'FROM node:24-slim\nWORKDIR /app\nCOPY package.json .\nRUN npm install --omit=dev\nCOPY . .\nCMD ["node", "main.js"]\n',
  'package.json': '{"name": "sample", "version": "1.0.0", "dependencies": {"express": "5.1.0"}}',
  'main.js': 'console.log(1)',
};

beforeAll(async () => {
  const { reference: builderImage } = (await pushOurImages(inject('node'))).builder;
  await installKinds(kubeconfig);
  root = await mkdtemp(join(tmpdir(), 'vish-build-e2e-'));
  server = await startGitServer({ root, host: address, login: { username: 'git', password: 'planted-git-secret' } });
  repository = await createRepository(root, 'shop.git');
  sshServer = sshd && (await startSshServer({ sshd, root, host: address }));
  refusing = createServer((request, response) => {
    request.resume();
    response.writeHead(request.method === 'POST' ? 403 : 404).end();
  }).listen(0, address);
  await once(refusing, 'listening');
  const exceptions = [
    { cidr: address, port: server.port, http: true },
    { cidr: address, port, http: true },
    { cidr: address, port: portOf(refusing), http: true },
    ...(sshServer === undefined ? [] : [{ cidr: address, port: sshServer.port }]),
  ];
  world = await buildWorld({
    kubeconfig,
    namespace: 'build-e2e',
    project: {
      url: `${server.url}/shop.git`,
      repository: `${registry}/build-e2e/shop`,
      spec: source(),
    },
    exceptions,
    builds: {
      builderImage,
      cache: { storageClass: 'local-path', megabytes: 2000 },
      registries: [
        { host: 'docker.io', mirrors: [registry] },
        { host: registry, http: true, insecure: true },
      ],
    },
  });
  await applyBuildPolicy(world, {
    settings: { builds: { namespace: world.buildNamespace }, outbound: { allow: exceptions } },
    builds: { networkPolicy: { egress: buildEgress(address, await packageGateway()) } },
  });
  const stringData = { username: 'git', password: 'planted-git-secret' };
  await world.client.create(secrets, { metadata: { namespace: 'build-e2e', name: 'git' }, stringData });
});

afterAll(async () => {
  await world?.close();
  await server?.[Symbol.asyncDispose]();
  await sshServer?.[Symbol.asyncDispose]();
  refusing?.close();
  await rm(root, { recursive: true, force: true });
});

const reasonOf = ({ status }: Build) => findCondition(status?.conditions ?? [], 'Ready')?.reason;
const source = () => ({ source: { git: { url: `${server.url}/shop.git`, credentialsRef: { name: 'git' } } } });
const isOver = ({ status }: Build) => status?.finishedAt !== undefined;

async function builtByHand(note: string, command = 'true'): Promise<Build> {
  const files = { Dockerfile: `FROM busybox:1.35\nRUN ${command}\n`, note };
  return byAnybody(await repository.commit({ files, branch: 'by-hand' }));
}

async function byAnybody(commit: string): Promise<Build> {
  const { metadata } = await world.byHand(commit);
  return world.until(metadata.name, isOver, 120_000);
}

async function built(files: Record<string, string>): Promise<Build> {
  const commit = await repository.commit({ files });
  const { metadata } = await world.build(commit);
  return world.until(metadata.name ?? '', isOver, 120_000);
}

it('makes an image of a commit, and the next one from what is cached', async () => {
  const first = await built(sample);
  const second = await built({ 'main.js': 'console.log(2)' });

  expect([reasonOf(first), first.status?.cachedSteps]).toEqual(['BuildSucceeded', 0]);
  expect(first.status?.image).toMatch(/^.*\/build-e2e\/shop@sha256:[0-9a-f]{64}$/);
  expect(first.status?.platforms).toEqual(['linux/amd64']);
  expect([reasonOf(second), second.status?.cachedSteps]).toEqual(['BuildSucceeded', 3]);
  expect(second.status?.digest).not.toBe(first.status?.digest);
  const tag = await request(`http://${registry}/v2/build-e2e/shop/manifests/${second.spec.commit}`, {
    headers: { accept: 'application/vnd.oci.image.index.v1+json' },
  });
  expect(await tag.body.text()).toContain('attestation-manifest');
  expect(tag.headers['docker-content-digest']).toBe(second.status?.digest);
  expect(JSON.stringify([first, second])).not.toContain('planted-git-secret');
});

// Needs an OpenSSH server of the machine, or Debian's archive.
it.skipIf(sshd === undefined)('makes an image of a commit that it fetched over ssh, with a deploy key', async () => {
  const { port, user, login, hostKeys } = sshServer as SshServer;
  const knownHosts = `[${address}]:${port} ${hostKeys.ed25519.publicKey}`;
  const stringData = { 'ssh-privatekey': login.privateKey, known_hosts: knownHosts };
  await world.client.create(secrets, { metadata: { namespace: 'build-e2e', name: 'deploy-key' }, stringData });
  const url = `ssh://${user}@${address}:${port}${root}/shop.git`;
  const spec = { source: { git: { url, credentialsRef: { name: 'deploy-key' } } } };
  const project = await world.addProject('keyed', { url, repository: `${registry}/build-e2e/keyed`, spec });
  const commit = await repository.commit({ files: { Dockerfile: 'FROM busybox:1.35\nCOPY main.js .\n' } });

  const { metadata } = await world.build(commit, {}, project);
  const done = await world.until(metadata.name, isOver, 120_000);

  expect([reasonOf(done), done.status?.repositoryId]).toEqual(['BuildSucceeded', expect.stringContaining('ssh://')]);
  expect(JSON.stringify(done)).not.toContain('PRIVATE KEY');
});

it('hands a secret to the command that mounts it, and keeps it out of all that can be read', async () => {
  const stringData = { token: 'planted-build-secret' };
  await world.client.create(secrets, { metadata: { namespace: 'build-e2e', name: 'packages' }, stringData });
  const command = 'RUN --mount=type=secret,id=token cat /run/secrets/token && exit 4';
  const commit = await repository.commit({ files: { Dockerfile: `FROM busybox:1.35\n${command}\n` } });

  const { metadata } = await world.build(commit, { secrets: [{ id: 'token', name: 'packages', key: 'token' }] });
  const failed = await world.until(metadata.name, isOver, 120_000);
  const lines = { namespace: 'build-e2e', name: failed.status?.failure?.log ?? '' };

  expect(failed.status?.failure).toMatchObject({ exitCode: 4, lines: ['[redacted]'] });
  expect(JSON.stringify([failed, await world.client.get(configMaps, lines)])).not.toContain('planted-build-secret');
});

it('names the command that failed, its place, its code and its last lines', async () => {
  const { status } = await built({
    Dockerfile: 'FROM busybox:1.35\nRUN echo one >&2 && echo "no such file: x" >&2 && exit 3\n',
  });

  expect(status?.failure).toMatchObject({
    stage: 'Build',
    class: 'Code',
    file: 'Dockerfile',
    line: 2,
    exitCode: 3,
    lines: ['one', 'no such file: x'],
  });
  expect(status?.state).toBe('Failed');
  const kept = await world.client.get(configMaps, { namespace: 'build-e2e', name: status?.failure?.log ?? '' });
  expect(kept.data?.['lines']).toMatch(/=> ERROR RUN echo one[^]*\none\nno such file: x\n/);
});

it('names the line of a Dockerfile that cannot be read', async () => {
  const failed = await built({ Dockerfile: 'FROM busybox:1.35\n\nRUNN true\n' });

  expect(reasonOf(failed)).toBe('DockerfileInvalid');
  expect(failed.status?.failure).toMatchObject({ file: 'Dockerfile', line: 3 });
});

it('lets no Dockerfile choose the program that reads it', async () => {
  const { status } = await built({ Dockerfile: '# syntax=evil.test/frontend:1\nFROM busybox:1.35\nRUN true\n' });

  expect(status?.state).toBe('Succeeded');
});

it('says that the registry refused the push', async () => {
  const place = `${address}:${portOf(refusing)}/denied/shop`;
  const project = await world.addProject('denied', {
    url: `${server.url}/shop.git`,
    repository: place,
    spec: source(),
  });
  const commit = await repository.commit({ files: { Dockerfile: 'FROM busybox:1.35\n' } });

  const { metadata } = await world.build(commit, {}, project);
  const failed = await world.until(metadata.name ?? '', isOver, 120_000);

  expect(reasonOf(failed)).toBe('PushDenied');
  expect(failed.status?.failure).toMatchObject({ stage: 'Push', class: 'Registry' });
});

it('ends a build that a newer one replaces, and its pod', async () => {
  const commit = await repository.commit({ files: { Dockerfile: 'FROM busybox:1.35\nRUN sleep 600\n' } });
  const { metadata } = await world.build(commit);
  const name = metadata.name ?? '';
  await world.until(name, ({ status }) => status?.stages?.some((stage) => stage.name === 'Build') ?? false, 60_000);
  const change = { metadata: { annotations: { [annotations.supersededBy]: 'newer' } } };

  await world.client.patch(builds, { namespace: 'build-e2e', name }, change, { type: 'merge' });
  const ended = await world.until(name, isOver, 30_000);

  expect([reasonOf(ended), ended.status?.supersededBy]).toEqual(['BuildCancelled', 'newer']);
  await until(async () => (await alive(metadata.uid)) === 0, { deadlineMs: 40_000, everyMs: 250 });
});

it('builds what is trusted without a user namespace of the pod, and nothing else', async () => {
  await world.restart(undefined, { rootless: true });
  // Of its own, because its volume cannot be another user's.
  const wanted = { url: `${server.url}/shop.git`, repository: `${registry}/build-e2e/rootless`, spec: source() };
  const project = await world.addProject('rootless', wanted);
  const Dockerfile = `${sample.Dockerfile}RUN chown -R 1000:1000 /app\nUSER 1000\nRUN id -u > /app/user\n`;
  const { metadata } = await world.build(await repository.commit({ files: { ...sample, Dockerfile } }), {}, project);
  const stranger = await world.byHand(await repository.commit({ files: { note: 'rootless' }, branch: 'by-hand' }));

  const done = await world.until(metadata.name, isOver, 120_000);
  const refused = await world.until(stranger.metadata.name, (build) => reasonOf(build) === 'RefusedByCluster', 60_000);
  const again = await world.build(await repository.commit({ files: { 'main.js': 'console.log(3)' } }), {}, project);
  const warm = await world.until(again.metadata.name, isOver, 120_000);
  await world.client.delete(builds, { namespace: 'build-e2e', name: stranger.metadata.name });
  await world.restart();

  expect([done, warm].map(reasonOf)).toEqual(['BuildSucceeded', 'BuildSucceeded']);
  expect(warm.status?.cachedSteps).toBeGreaterThan(2);
  expect(JSON.stringify(refused.status?.conditions)).toContain('builds.rootless');
});

it('ends with each step what the step has started', async () => {
  const stays = "(setsid sleep 611 </dev/null >/dev/null 2>&1 &); until ps | grep -q '[s]leep 611'; do true; done";
  const Dockerfile = `FROM busybox:1.35\nRUN ${stays}\nRUN if ps | grep '[s]leep 611'; then exit 3; fi\n`;

  expect(reasonOf(await built({ Dockerfile }))).toBe('BuildSucceeded');
});

it('lets commands have so many processes at once, and no more', async () => {
  await world.restart(undefined, { processes: 200 });

  const [within, beyond] = await Promise.all([
    built({ Dockerfile: `FROM busybox:1.35\nRUN ${startProcesses(100)}\n` }),
    builtByHand('processes', startProcesses(400)),
  ]);
  await world.restart();

  expect([within, beyond].map(reasonOf)).toEqual(['BuildSucceeded', 'BuildCommandFailed']);
  expect(findCondition(beyond.status?.conditions ?? [], 'Ready')?.message).toContain('builds.processes');
});

it('lets a build that nobody vouches for ask the hosts of the settings, and no other', async () => {
  const hosts = ['docker.io', address, (await packageHost()) ?? ''];
  await world.restart(undefined, { untrustedHosts: hosts });
  const tries = {
    listed: `wget -q -O- http://${registry}/v2/`,
    other: 'wget -q -O- http://other.example.com/',
    around: `nc -w 2 ${registry.replace(':', ' ')} </dev/null`,
  };
  const told = Object.entries(tries).map(([name, command]) => `${command} >/dev/null && echo ${name}`);

  const files = { ...sample, note: 'hosts' };
  const installing = await repository.commit({ files, branch: 'by-hand' });
  const [packages, failed] = await Promise.all([
    byAnybody(installing),
    builtByHand('hosts', `(${told.join('; ')}; exit 3) 2>&1`),
  ]);
  await world.restart();

  expect(failed.status?.failure).toMatchObject({ exitCode: 3 });
  expect(failed.status?.failure?.lines).toEqual([
    'listed',
    expect.stringContaining('403 Forbidden'),
    expect.stringContaining('Network is unreachable'),
    'proxy network requests:',
    `- GET http://${registry}/v2/ -> 200`,
  ]);
  expect(reasonOf(packages)).toBe('BuildSucceeded');
});

// Needs root, and Debian's archive for the Engine.
it.skipIf(docker === undefined)('has a Docker Engine build what is trusted, and nothing else', async () => {
  await using engine = await startDockerEngine(docker ?? [], { insecureRegistry: registry });
  const base = `${registry}/library/busybox:1.35`;
  await engine.docker('pull', base);
  await world.restart(undefined, { docker: { host: `unix://${engine.socket}` } });

  const [trusted, byHand] = await Promise.all([
    built({ Dockerfile: `FROM ${base}\nRUN echo from the engine > /said\nCMD ["cat", "/said"]\n` }),
    builtByHand('engine'),
  ]);
  await world.restart();

  expect([trusted, byHand].map(reasonOf)).toEqual(['BuildSucceeded', 'BuildSucceeded']);
  expect(trusted.status?.stages?.map(({ name }) => name)).toEqual(['Queue', 'Clone', 'Build', 'Push']);
  expect(await engine.docker('run', '--rm', trusted.status?.image ?? '')).toBe('from the engine\n');
  const { items } = await world.client.list(pods, { namespace: world.untrustedNamespace });
  expect(items.flatMap(({ spec }) => spec?.volumes?.map(({ name }) => name) ?? [])).not.toContain('engine');
});

describe('a build that looks around in the network', () => {
  let neighbours: Neighbours;
  beforeAll(async () => void (neighbours = await startNeighbours(world)));
  afterAll(() => neighbours[Symbol.asyncDispose]());

  it('reaches the registry and DNS and nothing else of cluster, node and cloud, and may be of anybody then', async () => {
    const [reached, byHand] = await Promise.all([reachedFrom(neighbours.targets), builtByHand('with')]);

    expect(reached).toEqual(['registry', 'dns']);
    expect(reasonOf(byHand)).toBe('BuildSucceeded');
    expect(byHand.status?.image).toContain('/build-e2e/shop-untrusted@sha256:');
  });

  it('would reach all of it without the NetworkPolicy, and then nothing runs that nobody vouches for', async () => {
    for (const place of [world.buildNamespace, world.untrustedNamespace])
      await world.client.delete(networkPolicies, { namespace: place, name: 'vish-builds' });

    const [reached, byHand] = await Promise.all([reachedFrom(neighbours.targets), builtByHand('without')]);

    expect(reached).toEqual(Object.keys(neighbours.targets));
    expect(reasonOf(byHand)).toBe('UntrustedBuildRefused');
    expect(byHand.status?.failure).toMatchObject({ stage: 'Clone', class: 'Platform' });
  });

  /** What the commands of a Dockerfile could connect to; the step fails, because a failed one's lines are kept. */
  async function reachedFrom(targets: Neighbours['targets']): Promise<string[]> {
    const Dockerfile = 'FROM node:24-slim\nCOPY reach.js .\nRUN node reach.js && exit 3\n';
    const { status } = await built({ Dockerfile, 'reach.js': reachProgram(targets) });
    const line = status?.failure?.lines?.find((said) => said.startsWith('reached:')) ?? JSON.stringify(status?.failure);
    return line.replace('reached:', '').trim().split(' ');
  }
});

/** Starts that many that stay until the shell has started all of them. */
function startProcesses(count: number): string {
  return `for i in $(seq ${count}); do sleep 60 & done; kill $(jobs -p)`;
}

const portOf = (listening: Server) => (listening.address() as AddressInfo).port;

async function alive(uid: string): Promise<number> {
  const { items } = await world.client.list(pods, {
    namespace: world.buildNamespace,
    labelSelector: `vish.dev/build-uid=${uid}`,
  });
  return items.length;
}
