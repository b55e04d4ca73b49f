import { createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Door {
  /** Why the last connection could not be made; undefined when all could. */
  problem(): Error | undefined;
  close(): Promise<void>;
}

/** A socket that leads to where `dial` leads: buildctl knows no way to a BuildKit inside of something else. */
export async function openDoor(socket: string, dial: () => Promise<Duplex>): Promise<Door> {
  let problem: Error | undefined;
  const open = new Set<Duplex>();
  const join = async (near: Duplex): Promise<void> => {
    // Whoever knocks and goes before the door is open is no problem of anybody.
    near.on('error', () => undefined);
    const far = await dial().catch((error: Error) => void (problem = error));
    const both = far === undefined ? [near] : [near, far];
    for (const one of both) open.add(one);
    // One side that is gone the other one notices by itself.
    if (far !== undefined) await Promise.allSettled([pipeline(near, far), pipeline(far, near)]);
    for (const one of both) {
      one.destroy();
      open.delete(one);
    }
  };
  const server = createServer({ allowHalfOpen: true }, (near) => void join(near));
  await listening(server, socket);
  return {
    problem: () => problem,
    close: async () => {
      for (const one of open) one.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listening(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
}
