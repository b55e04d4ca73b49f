import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { StandIns } from './fixtures/world.ts';
import { kindDriver } from './kind.ts';
import { load } from './load.ts';
import { readRecord } from './record.ts';

// Each stand-in is a process of its own: on a busy machine a whole `up` takes seconds.
vi.setConfig({ testTimeout: 60_000 });

let standIns: StandIns;

beforeEach(async () => {
  standIns = await StandIns.start();
});

afterEach(async () => {
  await standIns[Symbol.asyncDispose]();
});

const theirs = { state: 'running', label: 'io.x-k8s.kind.cluster=vish' };

it('makes a cluster, its registry and the gateway, in that order', async () => {
  await kindDriver.up(standIns.context());

  const steps = (await standIns.lines()).map((line) =>
    line
      .replace(/--kubeconfig \S+ /, '')
      .split(' ')
      .slice(0, 3)
      .join(' '),
  );
  expect([...new Set(steps)]).toEqual([
    'kind get clusters',
    'kind create cluster',
    'docker ps --all',
    'docker run --detach',
    'docker exec --interactive',
    'kubectl wait --for=condition=Ready',
    'kubectl apply --server-side',
    'kubectl wait --for=condition=Established',
    'kubectl --namespace gateway-system',
  ]);
});

it('gives kind the configuration that rollout benchmarks and the gateway need', async () => {
  await kindDriver.up(standIns.context());

  const config = parse(await readFile(join(standIns.folder, 'state/kind.yaml'), 'utf8')) as Record<string, unknown>;
  const record = await readRecord(standIns.context().paths);
  const patches = (config['kubeadmConfigPatches'] as string[]).map((patch) => parse(patch) as unknown);
  expect(patches).toContainEqual(expect.objectContaining({ kind: 'KubeletConfiguration', maxPods: 250 }));
  expect(config['containerdConfigPatches']).toEqual([
    expect.stringContaining('config_path = "/etc/containerd/certs.d"'),
  ]);
  expect(config['nodes']).toEqual([
    {
      role: 'control-plane',
      image: expect.stringMatching(/^kindest\/node:v1\.\d+\.\d+$/) as string,
      extraPortMappings: [
        { containerPort: 30080, hostPort: record?.gateway, listenAddress: '127.0.0.1', protocol: 'TCP' },
      ],
    },
  ]);
});

it('tells containerd to ask the local registry before the real ones', async () => {
  await kindDriver.up(standIns.context());

  const { input } = (await standIns.calls()).find(({ args }) => args[0] === 'exec') ?? { input: '' };
  const files = [...input.matchAll(/cat > '\/etc\/containerd\/certs.d\/(\S+)\/hosts.toml'/g)].map(([, host]) => host);
  expect(files.slice(0, 5)).toEqual(['docker.io', 'ghcr.io', 'quay.io', 'public.ecr.aws', 'registry.k8s.io']);
  expect(input).toContain('server = "https://registry-1.docker.io"\n\n[host."http://vish-registry:5000"]');
});

it('publishes the registry on loopback only, in the network of kind', async () => {
  await kindDriver.up(standIns.context());

  const record = await readRecord(standIns.context().paths);
  const run = (await standIns.lines()).find((line) => line.startsWith('docker run'));
  expect(run).toContain(`--network kind --publish 127.0.0.1:${record?.registry}:5000 registry:`);
});

it('applies a data plane whose throttle is 100 ms, behind definitions of its own version', async () => {
  await kindDriver.up(standIns.context());

  const applied = (await standIns.calls()).filter(({ args }) => args.includes('apply'));
  expect(applied.every(({ args }) => args.includes('--server-side'))).toBe(true);
  expect(applied[0]?.args.at(-1)).toContain('/v1.4.0/standard-install.yaml');
  expect(applied[1]?.input).toContain('--providers.providersThrottleDuration=100ms');
});

it('never lets kind or kubectl write to or read the kubeconfig of the user', async () => {
  const context = standIns.context();

  await kindDriver.up(context);
  await kindDriver.up(context);
  await kindDriver.status(context);
  await kindDriver.down(context);

  const calls = await standIns.calls();
  const touching = calls.filter(({ program, args }) => {
    return program === 'kubectl' || (program === 'kind' && /^(create|delete|export)$/.test(args[0] ?? ''));
  });
  expect(touching.length).toBeGreaterThan(10);
  for (const { args } of touching) expect(args[args.indexOf('--kubeconfig') + 1]).toBe(context.paths.kubeconfig);
});

it('refuses a cluster of the same name that was not made from here, and changes nothing', async () => {
  await standIns.setWorld({ clusters: ['vish'], containers: { 'vish-control-plane': theirs } });

  await expect(kindDriver.up(standIns.context())).rejects.toThrow('exists that this checkout did not make');
  await kindDriver.down(standIns.context());

  expect(await standIns.world()).toMatchObject({ clusters: ['vish'], containers: { 'vish-control-plane': theirs } });
  expect(await standIns.lines()).toEqual(['kind get clusters']);
});

it('leaves other clusters alone when it removes its own', async () => {
  await standIns.setWorld({ clusters: ['work'] });
  await kindDriver.up(standIns.context());

  await kindDriver.down(standIns.context());

  expect(await standIns.world()).toMatchObject({ clusters: ['work'], containers: {} });
  await expect(stat(standIns.context().paths.kubeconfig)).rejects.toThrow('ENOENT');
  expect(standIns.said.at(-1)).toContain('checked: no cluster');
});

it('down says what is left instead of claiming success', async () => {
  await standIns.setWorld({ sticky: true });
  await kindDriver.up(standIns.context());

  await expect(kindDriver.down(standIns.context())).rejects.toThrow('these are left: vish-control-plane');

  expect(await readRecord(standIns.context().paths)).toBeDefined();
});

it('up on a stopped cluster starts the node and the registry again, on the same ports', async () => {
  await kindDriver.up(standIns.context());
  const before = await readRecord(standIns.context().paths);
  const world = await standIns.world();
  for (const container of Object.values(world.containers)) container.state = 'exited';
  await standIns.setWorld(world);

  await kindDriver.up(standIns.context());

  const after = await standIns.world();
  expect(Object.values(after.containers).map(({ state }) => state)).toEqual(['running', 'running']);
  expect(after.clusters).toEqual(['vish']);
  expect(await readRecord(standIns.context().paths)).toEqual(before);
});

it('status names the part that does not run', async () => {
  await kindDriver.up(standIns.context());
  const world = await standIns.world();
  delete world.containers['vish-registry'];
  await standIns.setWorld(world);

  const { healthy, parts, urls } = await kindDriver.status(standIns.context());

  expect(healthy).toBe(false);
  expect(parts.filter((part) => !part.healthy)).toEqual([{ name: 'registry', healthy: false, detail: 'missing' }]);
  expect(urls['api']).toBe('https://127.0.0.1:6443');
});

it('loads archives into its own cluster, under the name with our prefix, and into its registry', async () => {
  await kindDriver.up(standIns.context({ name: 'two' }));

  const pushes: unknown[] = [];
  const push = async (file: string, { url }: { url: string }) => {
    pushes.push({ file, url });
    return [{ reference: 'app:v1', digest: 'sha256:0' }];
  };
  const context = standIns.context({ name: 'two' });

  await load(context, ['app.tar'], push);

  const { registry } = (await readRecord(context.paths)) ?? {};
  expect((await standIns.lines()).at(-1)).toBe('kind load image-archive app.tar --name vish-two');
  expect(pushes).toEqual([{ file: 'app.tar', url: `http://127.0.0.1:${registry}` }]);
});

it('prints the log of a part line by line', async () => {
  const { signal } = new AbortController();
  await kindDriver.up(standIns.context());
  standIns.said.length = 0;

  await kindDriver.logs(standIns.context(), { component: 'registry', follow: false, signal });

  expect(standIns.said).toEqual(['first line', 'second line']);
});

it('exports all logs when no part is named', async () => {
  const { signal } = new AbortController();
  await kindDriver.up(standIns.context());

  await kindDriver.logs(standIns.context(), { follow: false, signal });

  expect((await standIns.lines()).at(-1)).toBe(`kind export logs ${standIns.folder}/state/logs --name vish`);
});

it('says that --api-only is not for kind', async () => {
  await expect(kindDriver.up(standIns.context({ apiOnly: true }))).rejects.toThrow('needs the bare cluster');

  expect(await standIns.lines()).toEqual([]);
});

const reasons: Record<string, [broken: string[], why: string]> = {
  'everything works': [[], 'can be had'],
  'docker is missing': [['docker --version'], 'docker is not installed'],
  'the engine is down': [['docker info'], 'the Docker Engine does not answer'],
  'kind is missing': [['kind version'], 'kind is not installed'],
  'kubectl is missing': [['kubectl version'], 'kubectl is not installed'],
  'no registry answers': [['docker image inspect', 'docker manifest inspect'], 'cannot be pulled'],
  'the node image is here although no registry answers': [['docker manifest inspect'], 'can be had'],
};

it.each(Object.entries(reasons))('probe tells when %s', async (_name, [broken, why]) => {
  await standIns.setWorld({ broken: Object.fromEntries(broken.map((words) => [words, 'no'])) });

  const probe = await kindDriver.probe({ name: 'vish', apiOnly: false, hollowNodes: 0 });

  expect(probe).toEqual({ usable: why === 'can be had', why: expect.stringContaining(why) as string });
});
