import { parseArgs } from 'node:util';
import { startGitServer } from './git-server.ts';

/** `node serve.ts --root DIR --port N`: a git host as a program of its own, on all addresses. */
const { values } = parseArgs({ options: { root: { type: 'string' }, port: { type: 'string' } } });
const { root, port } = values;
if (root === undefined || port === undefined) throw new Error('say what to serve where: --root DIR --port N');

const server = await startGitServer({ root, port: Number(port), host: '0.0.0.0' });
console.log(`serving ${root} at port ${server.port}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server[Symbol.asyncDispose]());
