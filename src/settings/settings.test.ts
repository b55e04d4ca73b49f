import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSettings, parseSettings } from './load.ts';

it('has safe defaults for everything', async () => {
  const settings = await loadSettings(undefined);

  expect(settings).toEqual({
    builds: {
      namespace: 'vish-builds',
      untrustedNamespace: 'vish-builds-untrusted',
      pullSecrets: [],
      maxConcurrent: 4,
      untrustedWithoutNetworkPolicy: false,
      cpu: '500m',
      memory: '2Gi',
      storage: '20Gi',
      processes: 8192,
      rootless: false,
      deadlineSeconds: 3600,
      keepSeconds: 3600,
      maxCpu: '8',
      maxMemory: '16Gi',
      source: { packMegabytes: 1000, megabytes: 4000, fileMegabytes: 500, files: 200_000, seconds: 600 },
      registries: [],
      provenance: true,
    },
    outbound: { allow: [], clusterRanges: [], apiServers: [] },
    rollouts: { maxConcurrent: 100 },
    checks: {},
    signatures: { require: false, publicKeys: [] },
    ecs: {},
    metrics: { protected: false },
  });
  expect(parseSettings('', 'empty.yaml')).toEqual(settings);
});

it('accepts the sample that the reference names', () => {
  const settings = parseSettings(readFileSync('config/settings.yaml', 'utf8'), 'settings.yaml');

  expect(settings.builds.registries[0]).toMatchObject({ http: true, insecure: false });
  expect(settings.builds.cache).toEqual({ megabytes: 10_000 });
});

it.each([
  ['builds: {maxConcurrent: 0}', 'builds.maxConcurrent: Too small'],
  ['builds: {memory: lots}', 'builds.memory: write an amount such as 2Gi'],
  ['builds: {processes: 10}', 'builds.processes: Too small'],
  ['builds: {untrustedHosts: ["https://npm.test"]}', 'builds.untrustedHosts[0]: write a host name such as'],
  ['builds: {untrustedHosts: ["*"]}', 'builds.untrustedHosts[0]: write a host name such as'],
  ['builds: {untrustedHosts: ["npm.test/a"]}', 'builds.untrustedHosts[0]: write a host name such as'],
  ['builds: {untrustedHosts: ["npm.*"]}', 'builds.untrustedHosts[0]: write a host name such as'],
  ['builds: {namespace: Builds}', 'builds.namespace: write lower case letters'],
  ['namespaces: []', 'namespaces: Too small'],
  ['namespaces: [team-a, team-a]', 'namespaces: each value may stand once'],
  ['builds: {untrustedNamespace: Builds}', 'builds.untrustedNamespace: write lower case letters'],
  [
    'builds: {namespace: ci, untrustedNamespace: ci}',
    'builds.untrustedNamespace: untrusted builds need a namespace of',
  ],
  ['builds: {untrustedNamespace: vish-builds}', 'builds.untrustedNamespace: untrusted builds need a namespace of'],
  [`builds: {namespace: ${'a'.repeat(54)}}`, 'builds.untrustedNamespace: the name of namespace is too long'],
  ['builds: {docker: {host: docker.sock}}', 'builds.docker.host: write unix:///var/run/docker.sock, or tcp://'],
  ['builds: {docker: {host: "tcp://a:2376"}}', 'builds.docker.tlsSecret: tcp:// needs it'],
  ['builds: {docker: {host: unix:///a, tlsSecret: b}}', 'builds.docker.tlsSecret: tcp:// needs it'],
  ['namespaces: [vish-builds]', 'namespaces: no build namespace may be among them'],
  ['namespaces: [vish-builds-untrusted]', 'namespaces: no build namespace may be among them'],
  ['{namespaces: [team-a], metrics: {protected: true}}', 'metrics.protected: whose token it is'],
  ['build: {}', 'Unrecognized key: "build"'],
  ['outbound: {allow: [{cidr: 10.0.0.0/99}]}', 'outbound: "10.0.0.0/99" is not a range of addresses'],
  ['outbound: {clusterRanges: [cluster]}', 'outbound: "cluster" is not a range of addresses'],
  ['outbound: {apiServers: ["https://k8s"]}', 'outbound.apiServers[0]: write a host name or an address'],
  ['builds: {registries: [{host: a}, {host: a}]}', 'builds.registries: each host may stand in the list once'],
  ['builds: {registries: [{host: a, mirrors: [1]}]}', 'builds.registries[0].mirrors[0]: Invalid input'],
  ['builds: {baseImages: {prefix: "https://hub.test"}}', 'builds.baseImages.prefix: write a registry and a path'],
  ['builds: {baseImages: {images: [{name: cobol, image: a}]}}', 'builds.baseImages.images[0].name: Invalid option'],
  ['builds: {baseImages: {images: [{name: node, image: "a b"}]}}', 'images[0].image: write the name of an image'],
  [
    'builds: {baseImages: {images: [{name: nginx, image: "a:{version}"}]}}',
    'this image has no {version}; write the tag',
  ],
  ['signatures: {trusted: a, untrusted: a}', 'signatures: each trust level needs a Secret of its own'],
  ['signatures: {require: true}', 'signatures: require needs the key of trusted images or publicKeys'],
  ['signatures: {publicKeys: [a]}', 'signatures: publicKeys takes public ECDSA P-256 keys in PEM'],
  ['ecs: {endpoint: aws}', 'ecs.endpoint: Invalid URL'],
  ['a: &a [1]\nb: [*a, *a]', 'is no YAML: Alias resolution is disabled'],
  ['builds: [', 'is no YAML: '],
  ['- 1', 'Invalid input: expected object'],
  [`# ${'x'.repeat(2 ** 20)}`, 'larger than 1 MiB'],
])('refuses %s', (text, message) => {
  expect(() => parseSettings(text, 'settings.yaml')).toThrow(message);
});

it('names the namespace of untrusted builds by that of the trusted ones, where it has no name of its own', () => {
  const named = (text: string) => parseSettings(text, 'settings.yaml').builds.untrustedNamespace;

  expect(named('builds: {namespace: ci}')).toBe('ci-untrusted');
  expect(named('builds: {namespace: ci, untrustedNamespace: forks}')).toBe('forks');
});

it('names every mistake at once, with the file', () => {
  expect(() => parseSettings('builds: {cpu: x, memory: x}', '/etc/vish/settings.yaml')).toThrow(
    /^\/etc\/vish\/settings\.yaml is not valid:\n {2}builds\.cpu: .*\n {2}builds\.memory: .*$/,
  );
});

it('says which file could not be read, and why', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vish-settings-'));
  const file = join(folder, 'settings.yaml');

  await expect(loadSettings(file)).rejects.toThrow(`--config ${file} cannot be read: ENOENT`);
  writeFileSync(file, 'builds: {maxConcurrent: 2}');
  await expect(loadSettings(file)).resolves.toMatchObject({ builds: { maxConcurrent: 2 } });
  rmSync(folder, { recursive: true });
});
