import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { type Habit, type Visits, visit } from './visitor.ts';

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

/** Visits until there were so many requests; also says how many connections they took. */
async function visits(
  habit: Habit,
  count: number,
  listener: RequestListener,
): Promise<Visits & { connections: number }> {
  let connections = 0;
  const server = createServer(listener);
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const crowd = visit([{ url: `http://127.0.0.1:${port}`, habit }], { everyMs: 1 });
  await until(() => crowd.count >= count);
  return { ...(await crowd.leave()), connections };
}

it('keeps its connection, and takes another one when the server announced the end', async () => {
  let answers = 0;
  const seen = await visits('keeps', 20, (_, response) => {
    if (++answers === 5) response.setHeader('connection', 'close');
    response.end('hello');
  });

  expect(seen).toMatchObject({ failed: [], connections: 2 });
});

it('takes a new connection for every request', async () => {
  const seen = await visits('new', 5, (_, response) => response.end('hello'));

  expect(seen.failed).toEqual([]);
  expect(seen.connections).toBeGreaterThanOrEqual(5);
});

it.each<Habit>(['keeps', 'new', 'slow'])('counts an answer that ends in the middle as failed: %s', async (habit) => {
  let answers = 0;
  const seen = await visits(habit, 5, (_, response) => {
    if (++answers === 3) {
      response.setHeader('content-length', 100);
      response.write('hel');
      response.socket?.end();
    } else response.end('hello');
  });

  expect(seen.failed).toHaveLength(1);
});

it('counts an end that nobody announced as failed', async () => {
  let answers = 0;
  const seen = await visits('keeps', 5, (_, response) => {
    if (++answers === 3) response.socket?.destroy();
    else response.end('hello');
  });

  expect(seen.failed).toEqual([expect.stringContaining('keeps')]);
});
