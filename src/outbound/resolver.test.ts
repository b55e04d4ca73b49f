import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import { dnsResolver } from './resolver.ts';

const zone: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'both.test/1': [
    [8, 8, 8, 8],
    [8, 8, 4, 4],
  ],
  'both.test/28': [[0x26, 6, ...Array.from({ length: 13 }, () => 0), 1]],
  'six.test/28': [[0x26, 6, ...Array.from({ length: 13 }, () => 0), 2]],
};
const server: { socket: Socket; asked: string[] } = { socket: createSocket('udp4'), asked: [] };

/** As much of a name server as it takes: one question, its answers or a code. */
function answer(query: Buffer): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const type = query.readUInt16BE(at + 1);
  const name = labels.join('.');
  server.asked.push(name);
  if (name === 'silent.test') return undefined;
  const records = zone[`${name}/${type}`] ?? [];
  const code = Object.keys(zone).some((key) => key.startsWith(`${name}/`)) ? 0 : 3;
  const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80 | code, 0, 1, 0, records.length, 0, 0, 0, 0]);
  const resources = records.map((data) => Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data]));
  return Buffer.concat([header, query.subarray(12, at + 5), ...resources]);
}

beforeEach(async () => {
  server.asked = [];
  server.socket = createSocket('udp4').on('message', (query, { port, address }) => {
    const reply = answer(query);
    if (reply) server.socket.send(reply, port, address);
  });
  server.socket.bind(0, '127.0.0.1');
  await once(server.socket, 'listening');
});
afterEach(() => {
  server.socket.close();
});

const resolve = (host: string, signal = new AbortController().signal) =>
  dnsResolver([`127.0.0.1:${server.socket.address().port}`])(host, signal);

it('gives the addresses of both families', async () => {
  expect([...(await resolve('both.test'))].sort()).toEqual(['2606::1', '8.8.4.4', '8.8.8.8']);
});

it('is content with one family', async () => {
  expect(await resolve('six.test')).toEqual(['2606::2']);
});

it('rejects a name that does not exist, and asks for no other', async () => {
  await expect(resolve('missing')).rejects.toMatchObject({ code: 'ENOTFOUND' });

  expect(new Set(server.asked)).toEqual(new Set(['missing']));
});

it('stops at once when it is given up', async () => {
  const giveUp = new AbortController();
  const resolving = resolve('silent.test', giveUp.signal);
  await until(() => server.asked.length > 0);

  giveUp.abort();

  await expect(resolving).rejects.toMatchObject({ code: 'ECANCELLED' });
});
