import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { watchForLeaks } from '../leaks/open-handles.ts';
import { kill } from './kill.ts';

it.each([
  { state: 'open', prepare: () => undefined },
  { state: 'ending already', prepare: (socket: Socket) => void socket.end() },
])('kills a socket that is $state, and leaves no handle of it', async ({ prepare }) => {
  const leaks = watchForLeaks();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  const gone = new Promise((resolve) => client.once('close', resolve));
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [[Socket], unknown];
  socket.on('error', () => undefined);

  prepare(socket);
  kill(socket);

  client.resume();
  await gone;
  server.close();
  await expect(leaks.expectNone()).resolves.toBeUndefined();
});
