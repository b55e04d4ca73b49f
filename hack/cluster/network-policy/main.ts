import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { createLogger, createTransport, loadConnection, Redactor } from '../../../src/kube/index.ts';
import { InformerCache } from '../../../src/kube/informer/informer-cache.ts';
import { systemClock as clock, systemRandom as random } from '../../../src/seams/system.ts';
import { Agent } from './agent.ts';
import { enforce, shutV6 } from './kernel.ts';

const { kubeconfig, socket, bridge } = parseArgs({
  options: { kubeconfig: { type: 'string' }, socket: { type: 'string' }, bridge: { type: 'string' } },
}).values;
if (kubeconfig === undefined || socket === undefined || bridge === undefined) {
  throw new Error('usage: main.ts --kubeconfig FILE --socket FILE --bridge NAME');
}

const logger = createLogger({ clock, redactor: new Redactor(), format: 'text' });
const connection = await loadConnection({ clock, logger, kubeconfig });
const transport = createTransport({ connection, clock, random, userAgent: 'vish-network-policy' });
const informers = new InformerCache({ transport, clock, random, logger });
const agent = new Agent({ informers, clock, logger, enforce });
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());

// A file and no port: nobody but root has to ask.
await rm(socket, { force: true });
const server = createServer((_, response) => {
  const { problem } = agent;
  response.writeHead(problem === undefined ? 200 : 503).end(problem ?? 'ok');
}).listen(socket);
await once(server, 'listening');

await shutV6(bridge);
await Promise.all([informers.run(stopping.signal), agent.run(stopping.signal)]);
server.close();
await transport.close();
