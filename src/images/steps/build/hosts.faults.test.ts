import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Buildkit, startBuildkitd } from '../../../../hack/cluster/build/buildkitd.ts';
import { createReporter } from '../../../../hack/cluster/cli/reporter.ts';
import { run } from '../../../../hack/lib/run.ts';
import { createAuthority } from '../../../../test/support/certificates.ts';
import { aBuildStepPlan } from '../../../../test/support/step-plan.ts';
import type { StepError } from '../step-error.ts';
import { buildArguments } from './arguments.ts';
import { judgeBuild } from './failure.ts';
import { BuildProgress } from './rawjson.ts';
import { sourcePolicy } from './source-policy.ts';

const [allowed, refused] = ['127.0.0.2', '127.0.0.3'] as const;
const hosts = [allowed];

let work: string;
let buildkit: Buildkit;
let asked: string[];
const servers: Server[] = [];

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-hosts-'));
  const authority = await createAuthority();
  await writeFile(join(work, 'ca.crt'), authority.cert);
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GO111MODULE: 'off' };
  const source = join(import.meta.dirname, 'fixtures/reach/main.go');
  await run('go', ['build', '-o', 'reach', source], { cwd: work, env, timeoutMs: 120_000 });
  const answer = (request: { url?: string | undefined }, response: { end(text: string): void }) => {
    asked.push(request.url ?? '');
    response.end('hello');
  };
  const serving = await authority.serving([allowed, refused]);
  servers.push(createServer(answer), createServer(answer), createTlsServer(serving, answer));
  servers[0]?.listen(0, allowed);
  servers[1]?.listen(0, refused);
  servers[2]?.listen(0, allowed);
  await Promise.all(servers.map((server) => once(server, 'listening')));
  // BuildKit, which asks in the command's place, believes the server by it.
  vi.stubEnv('SSL_CERT_FILE', join(work, 'ca.crt'));
  buildkit = await startBuildkitd({ folder: join(work, 'buildkit'), registries: '', report: createReporter() });
});

afterAll(async () => {
  await buildkit?.[Symbol.asyncDispose]();
  for (const server of servers) server.close();
  vi.unstubAllEnvs();
  await rm(work, { recursive: true, force: true });
});

const portOf = (index: number) => ((servers[index] as Server).address() as AddressInfo).port;

/** How a build ended that may reach `allowed` alone. */
async function outcome(instruction: string): Promise<StepError> {
  asked = [];
  const policy = join(work, 'policy.json');
  await writeFile(policy, JSON.stringify(sourcePolicy(hosts, aBuildStepPlan())));
  const files = 'COPY reach /reach\nCOPY ca.crt /etc/ssl/certs/ca-certificates.crt\n';
  await writeFile(join(work, 'Dockerfile'), `FROM scratch\n${files}${instruction}\n`);
  await writeFile(join(work, '.dockerignore'), 'buildkit');
  const args = buildArguments(aBuildStepPlan(), { repository: work, policy });
  const { output } = await run(buildkit.buildctl, ['--addr', buildkit.address, 'build', ...args], {
    timeoutMs: 120_000,
    allowFailure: true,
  });
  const progress = new BuildProgress(() => undefined);
  for (const line of output.split('\n')) progress.line(line);
  return judgeBuild(progress, { dockerfile: 'Dockerfile' }, { hosts });
}

async function said(...arguments_: readonly string[]): Promise<string[]> {
  const { message, details } = await outcome(`RUN ${JSON.stringify(['/reach', ...arguments_])}`);
  const lines = details.lines?.filter((line) => line.startsWith('said ')).map((line) => line.slice('said '.length));
  return lines?.length === arguments_.length ? lines : [message];
}

it('lets commands ask the hosts that are listed, over HTTP and over TLS', async () => {
  expect(await said(`get http://${allowed}:${portOf(0)}/plain`, `get https://${allowed}:${portOf(2)}/tls`)).toEqual([
    '200 OK',
    '200 OK',
  ]);
  expect(asked).toEqual(['/plain', '/tls']);
});

it('lets commands ask no other, however they write it', async () => {
  const [plain, other] = [`${allowed}:${portOf(0)}`, `${refused}:${portOf(1)}`];
  const tricks = [
    `get http://${other}/`,
    `get https://${other}/`,
    `get http://${allowed}@${other}/`,
    `raw GET http://${other}/ HTTP/1.1|Host: ${plain}||`,
    `raw GET http://${allowed}@${other}/ HTTP/1.1|Host: ${plain}||`,
    `raw GET http://${other}/http://${plain}/ HTTP/1.1|Host: ${other}||`,
    `raw GET / HTTP/1.1|Host: ${other}||`,
    `raw POST http://${other}/ HTTP/1.1|Host: ${plain}|Content-Length: 0||`,
  ];

  const found = await said(...tricks);

  expect(found).toEqual(tricks.map(() => expect.stringContaining('403 Forbidden')));
  expect(asked).toEqual([]);
});

it('leaves commands no way around the proxy', async () => {
  const around = [`connect ${allowed}:${portOf(0)}`, `connect ${refused}:${portOf(1)}`, 'connect 169.254.169.254:80'];

  expect(await said(...around, 'lookup secret-in-a-name.example.com')).toEqual([
    'unreachable',
    'unreachable',
    'unreachable',
    'unknown',
  ]);
});

it.each([
  ['a base image', () => `FROM ${refused}:${portOf(1)}/evil:1`],
  ['a file to add', () => `ADD http://${refused}:${portOf(1)}/evil /evil`],
  ['a repository to add', () => `ADD http://${refused}:${portOf(1)}/evil.git /evil`],
])('refuses %s of another host, and says so', async (_what, instruction) => {
  const { reason, message } = await outcome(instruction());

  expect([reason, message]).toEqual(['BuildHostRefused', expect.stringContaining('builds.untrustedHosts')]);
  expect(asked).toEqual([]);
});
