import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { kill } from './kill.ts';

/**
 * The outer half of the fault proxy: plain TCP in front of its TLS server, so that tests can count connections, kill
 * them, or let them go silent without closing, as a lost route does.
 */
export interface TcpLayer {
  port: number;
  opened(): number;
  open(): number;
  /** No byte passes in either direction, on open and on new connections, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Kills every connection with a reset. */
  reset(): void;
  /** While refused, a new connection is reset before its first byte. */
  refuse(refused: boolean): void;
  close(): Promise<void>;
}

interface Link {
  outer: Socket;
  inner: Socket;
}

export async function startTcpLayer(targetPort: number, host = '127.0.0.1'): Promise<TcpLayer> {
  const links = new Set<Link>();
  let opened = 0;
  let frozen = false;
  let refusing = false;

  const server = createServer((outer) => {
    outer.on('error', () => undefined);
    if (refusing) {
      kill(outer);
      return;
    }
    opened++;
    const link = { outer, inner: connect({ port: targetPort, host: '127.0.0.1', noDelay: true }) };
    links.add(link);
    join(link, () => links.delete(link));
    if (frozen) pause(link);
  });
  server.listen(0, host);
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    opened: () => opened,
    open: () => links.size,
    freeze() {
      frozen = true;
      for (const link of links) pause(link);
    },
    thaw() {
      frozen = false;
      for (const link of links) resume(link);
    },
    reset() {
      for (const { outer } of links) kill(outer);
    },
    refuse(refused) {
      refusing = refused;
    },
    async close() {
      for (const { outer, inner } of links) {
        outer.destroy();
        inner.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}

function join(link: Link, onClose: () => void): void {
  const { outer, inner } = link;
  outer.setNoDelay(true);
  inner.on('error', () => kill(outer));
  outer.on('error', () => inner.destroy());
  inner.on('close', () => outer.destroySoon());
  outer.on('close', () => {
    inner.destroy();
    onClose();
  });
  outer.pipe(inner);
  inner.pipe(outer);
}

function pause({ outer, inner }: Link): void {
  outer.unpipe(inner).pause();
  inner.unpipe(outer).pause();
}

function resume({ outer, inner }: Link): void {
  outer.pipe(inner);
  inner.pipe(outer);
}
