import { networkInterfaces } from 'node:os';
import { request } from 'undici';
import { expect, it } from 'vitest';
import { aServer } from '../../../test/support/http.ts';
import { createLogger } from '../log/create-logger.ts';
import { Redactor } from '../log/redactor.ts';
import { logLevelSwitch } from './log-level.ts';
import { notFound } from './reply.ts';

const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

function aSwitch(host = '127.0.0.1') {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const { clock, get, server } = aServer({
    host,
    handler: () => Promise.resolve(notFound),
    changes: (asked) => logLevelSwitch(logger.setLevel)(asked),
  });
  const logger = createLogger({ clock, redactor: new Redactor(), destination });
  const put = (path: string) => get(path, { method: 'PUT' });
  return { logger, lines, put, get, server };
}

it('sets the level of a logger that is in use, for all its children', async () => {
  const { logger, lines, put } = aSwitch();
  const child = logger.child({ controller: 'build' });
  child.debug({}, 'before');

  expect(await put('/log-level/debug')).toMatchObject({ status: 200, body: 'log level debug\n' });
  child.debug({}, 'after');

  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['after']);
});

it('refuses what is no level, and other places', async () => {
  const { put, get } = aSwitch();

  expect(await put('/log-level/loud')).toMatchObject({ status: 400, body: 'choose one of debug, info, warn, error\n' });
  expect((await put('/metrics')).status).toBe(404);
  expect((await get('/log-level/debug')).status).toBe(404);
});

it.skipIf(outside === undefined)('lets nobody set it from outside of the pod', async () => {
  const { logger, lines, server } = aSwitch('0.0.0.0');

  const answer = await request(`http://${outside}:${await server.port}/log-level/debug`, { method: 'PUT' });
  await answer.body.dump();
  logger.debug({}, 'unheard');

  expect([answer.statusCode, lines]).toEqual([403, []]);
});
