import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blockPorts, claimPorts, ownPort, portNames, preferUsualPorts, releasePorts } from './ports.ts';

const free = () => Promise.resolve(true);
let root: string;
let claims: string;
let owners: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ports-'));
  claims = join(root, 'claims');
  owners = await Promise.all(['a-', 'b-', 'c-'].map((prefix) => mkdtemp(join(root, prefix))));
});
afterEach(() => rm(root, { recursive: true }));

it('gives every purpose a port of its own, below those of NodePorts', () => {
  const ports = Object.values(blockPorts(29_000));

  expect(new Set(ports).size).toBe(portNames.length);
  expect(Math.max(...ports)).toBeLessThan(30_000);
});

it('gives a cluster the same ports again', async () => {
  const first = await claimPorts(owners[0] ?? '', claims, free);

  expect(await claimPorts(owners[0] ?? '', claims, free)).toEqual(first);
});

it('gives clusters that start at the same time different ports', async () => {
  const all = await Promise.all(owners.map((owner) => claimPorts(owner, claims, free)));

  expect(new Set(all.flatMap((ports) => Object.values(ports))).size).toBe(owners.length * portNames.length);
});

it('passes over a block in which somebody listens, and keeps no claim on it', async () => {
  const wanted = await claimPorts(owners[0] ?? '', claims, free);
  await releasePorts(owners[0] ?? '', claims);

  const got = await claimPorts(owners[0] ?? '', claims, (port) => Promise.resolve(port !== wanted.etcd));

  expect(got.api).not.toBe(wanted.api);
  expect(await readdir(claims)).toEqual([String(got.api)]);
});

it('takes over the ports of a cluster whose folder is gone', async () => {
  const [gone = '', heir = ''] = owners;
  const ports = await claimPorts(gone, claims, free);
  await rm(gone, { recursive: true });

  const taken = await claimPorts(heir, claims, (port) => Promise.resolve(Object.values(ports).includes(port)));

  expect(taken).toEqual(ports);
});

it('prefers the ports that people expect, where nobody has them', async () => {
  const ports = await preferUsualPorts(blockPorts(20_000), (port) => Promise.resolve(port !== 5000));

  expect(ports).toMatchObject({ api: 6443, gatewayHttp: 80, registry: blockPorts(20_000).registry });
  expect(ownPort(ports, 'gatewayHttp')).toBe(blockPorts(20_000).gatewayHttp);
});
