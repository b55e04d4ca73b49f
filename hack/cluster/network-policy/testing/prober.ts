export const controlPort = 9999;

/** A program for a pod: listens on all ports, and on one more for those who ask it what it can connect to. */
export function prober(ports: readonly number[]): string {
  return `
    const net = require('node:net');
    const http = require('node:http');
    const { networkInterfaces } = require('node:os');
    for (const port of ${JSON.stringify(ports)}) net.createServer((socket) => socket.end()).listen(port);
    const connect = (host, port) => new Promise((resolve) => {
      const socket = net.connect({ host, port, timeout: 400 });
      const end = (answer) => () => { socket.destroy(); resolve(answer); };
      socket.on('connect', end('yes')).on('error', end('no')).on('timeout', end('no'));
    });
    const linkLocal = () => (networkInterfaces().eth0 ?? []).map(({ address }) => address).filter((one) => one.startsWith('fe80'));
    http.createServer(async ({ url }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://pod');
      if (pathname === '/connect') response.end(await connect(searchParams.get('host'), Number(searchParams.get('port'))));
      else response.end(linkLocal().join(' '));
    }).listen(${controlPort});
    process.on('SIGTERM', () => process.exit(0));
  `;
}
