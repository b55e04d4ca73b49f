import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { inject } from 'vitest';
import { run } from '../../hack/lib/run.ts';
import type { Client } from '../../src/kube/client/client.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { pods, services } from '../../src/objects/core.ts';
import { systemClock } from '../../src/seams/system.ts';
import { until } from './until.ts';

export interface Neighbours extends AsyncDisposable {
  /** Name to `host:port` of what answers near a pod. */
  readonly targets: Readonly<Record<string, string>>;
}

/** The link-local one is that of most clouds, the other one Alibaba's. */
const metadata = { metadata: '169.254.169.254', 'metadata of another cloud': '100.100.100.200' } as const;
const bridge = 'vish0';
const port = 8099;

interface Place {
  readonly client: Client;
  readonly namespace: string;
  readonly buildNamespace: string;
  readonly untrustedNamespace: string;
}

/**
 * What a hostile build may look for, all of it there: metadata services (this machine answers at their addresses on the
 * cluster's bridge), the API server at both of its addresses, a pod of the user, and one beside the builds of each trust level.
 */
export async function startNeighbours({ client, namespace, ...builds }: Place): Promise<Neighbours> {
  const { address, registry, kubeconfig } = inject('node');
  const { server } = await loadConnection({ clock: systemClock, kubeconfig });
  const service = await client.get(services, { namespace: 'default', name: 'kubernetes' });
  const servers = await Promise.all(Object.values(metadata).map(serveOnBridge));
  const pod = await startPod(client, namespace);
  const build = await startPod(client, builds.buildNamespace);
  const untrusted = await startPod(client, builds.untrustedNamespace);
  const clouds = Object.entries(metadata).map(([name, at]) => [name.replaceAll(' ', '-'), `${at}:80`]);
  return {
    targets: {
      registry,
      dns: `${address}:53`,
      ...(Object.fromEntries(clouds) as Record<string, string>),
      'api-service': `${service.spec?.clusterIP}:443`,
      'api-server': new URL(server).host,
      pod: `${pod}:${port}`,
      'another-build': `${build}:${port}`,
      'an-untrusted-build': `${untrusted}:${port}`,
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) server.close();
      for (const at of Object.values(metadata)) {
        await run('ip', ['address', 'del', `${at}/32`, 'dev', bridge], { allowFailure: true });
      }
    },
  };
}

async function serveOnBridge(address: string): Promise<Server> {
  await run('ip', ['address', 'replace', `${address}/32`, 'dev', bridge]);
  const server = createServer((_, response) => response.end('secret'));
  server.listen(80, address);
  await once(server, 'listening');
  return server;
}

async function startPod(client: Client, namespace: string): Promise<string> {
  const name = 'neighbour';
  const program = `require('node:http').createServer((q, s) => s.end()).listen(${port}); process.on('SIGTERM', process.exit)`;
  const container = { name, image: 'node:24-slim', command: ['node', '-e', program] };
  await client.create(pods, {
    metadata: { namespace, name },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ ...container, readinessProbe: { tcpSocket: { port } } }] },
  });
  let address = '';
  await until(
    async () => {
      const { status } = await client.get(pods, { namespace, name });
      address = status?.podIP ?? '';
      return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
    },
    { deadlineMs: 60_000 },
  );
  return address;
}

/** Prints `reached: NAME ...` of what accepted a connection. */
export function reachProgram(targets: Neighbours['targets']): string {
  return `
    const net = require('node:net');
    const targets = ${JSON.stringify(targets)};
    const tries = Object.entries(targets).map(([name, at]) => new Promise((resolve) => {
      const [host, port] = at.split(':');
      const socket = net.connect({ host, port, timeout: 3000 });
      const end = (answer) => () => { socket.destroy(); resolve(answer); };
      socket.on('connect', end([name])).on('error', end([])).on('timeout', end([]));
    }));
    Promise.all(tries).then((reached) => console.log('reached: ' + reached.flat().join(' ')));
  `;
}
