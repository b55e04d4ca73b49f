import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ensureBinaries } from '../../../../../hack/cluster/build/builder.ts';
import { createReporter } from '../../../../../hack/cluster/cli/reporter.ts';
import { startRegistry, type TestRegistry } from '../../../../../hack/cluster/images/testing/registry.ts';
import { run } from '../../../../../hack/lib/run.ts';
import { type DockerEngine, startDockerEngine } from '../../../../../test/support/docker-engine/docker-engine.ts';
import { dockerFolders } from '../../../../../test/support/docker-engine/programs.ts';
import { recordedStep } from '../../../../../test/support/recorded-step.ts';
import { aBuildStepPlan } from '../../../../../test/support/step-plan.ts';
import { until } from '../../../../../test/support/until.ts';
import { systemClock } from '../../../../seams/system.ts';
import type { StepContext } from '../../context.ts';
import { describeImage } from '../../push/describe.ts';
import { build } from '../build.ts';

const folders = await dockerFolders();
/** crypt(3) with bcrypt and few rounds of the password that loginFor gives. */
const users = 'ann:$2b$05$abcdefghijklmnopqrstuuXXXUKy4cODBo6oD0fJZB1CSpIzxX0SW';
const plan = aBuildStepPlan({ labels: { 'org.opencontainers.image.revision': 'c'.repeat(40) } });
/** Says its arguments; with the argument "fail" it fails, with "wait" it stays, with "file" it says a file. */
const program = `package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	fmt.Println("said " + strings.Join(os.Args[1:], " "))
	if os.Args[1] == "fail" {
		os.Exit(7)
	}
	if os.Args[1] == "file" {
		content, _ := os.ReadFile(os.Args[2])
		fmt.Println("read " + string(content))
	}
	if os.Args[1] == "wait" {
		time.Sleep(time.Minute)
	}
}
`;
let work: string;
let engine: DockerEngine;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-engine-'));
  const { buildctl = '' } = await ensureBinaries(['buildkit'], createReporter());
  vi.stubEnv('PATH', `${dirname(buildctl)}:${process.env['PATH']}`);
  await writeFile(join(work, 'main.go'), program);
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GO111MODULE: 'off' };
  await run('go', ['build', '-o', 'say', 'main.go'], { cwd: work, env, timeoutMs: 120_000 });
  if (folders) engine = await startDockerEngine(folders);
});

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
  await rm(work, { recursive: true, force: true });
});

interface Attempt {
  readonly host?: string;
  readonly context?: StepContext;
  readonly login?: string;
  readonly secrets?: string[];
}

/** What a build step makes of a repository with this Dockerfile. */
async function built(
  dockerfile: string,
  { host = 'unix:///run/docker.sock', context, login = work, secrets }: Attempt = {},
) {
  const folder = await mkdtemp(join(work, 'build-'));
  const [repository, image, scratch] = ['repository', 'image', 'scratch'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([mkdir(repository), mkdir(scratch)]);
  await writeFile(join(repository, 'Dockerfile'), dockerfile);
  await run('cp', [join(work, 'say'), repository]);
  const places = {
    repository,
    image,
    scratch,
    state: folder,
    secrets: work,
    engine: { socket: engine.socket, tls: engine.tls, login },
  };
  const step = recordedStep();
  const result = await build({ ...plan, engine: host, ...(secrets && { secrets }) }, places, context ?? step.context);
  return { image, result, log: step.log, scratch };
}

const says = (...words: string[]) => `RUN ${JSON.stringify(['/say', ...words])}\n`;
const image = `FROM scratch\nCOPY say /say\n`;

it.skipIf(!folders)('has the Engine build, and leaves an image to push and nothing in the Engine', async () => {
  const { image: layout, result, log, scratch } = await built(`${image}${says('hello')}CMD ["/say", "again"]\n`);

  expect(result).toMatchObject({ dockerfile: 'Dockerfile', totalSteps: 2 });
  expect(log.join('\n')).toContain('said hello');
  expect(await describeImage(layout)).toMatchObject({ platforms: ['linux/amd64'] });
  expect(await configOf(layout)).toMatchObject({
    config: { Cmd: ['/say', 'again'], Labels: { 'org.opencontainers.image.revision': 'c'.repeat(40) } },
  });
  expect(await engine.docker('images', '--quiet')).toBe('');
  expect(await readdir(scratch)).toEqual([]);
});

it.skipIf(!folders)('takes what it built before from the cache of the Engine, to the same image', async () => {
  const dockerfile = `${image}${says('cached')}`;
  const [first, again] = [await built(dockerfile), await built(dockerfile)];

  expect(again.result.cachedSteps).toBe(2);
  expect(await readFile(join(again.image, 'index.json'), 'utf8')).toBe(
    await readFile(join(first.image, 'index.json'), 'utf8'),
  );
});

it.skipIf(!folders)('asks over TLS', async () => {
  const { result } = await built(`${image}${says('safely')}`, { host: engine.address });

  expect(result).toMatchObject({ totalSteps: 2 });
});

it.skipIf(!folders)('tells which command failed, with its exit code and its last lines', async () => {
  await expect(built(`${image}${says('fail')}`)).rejects.toMatchObject({
    reason: 'BuildCommandFailed',
    details: { exitCode: 7, step: expect.stringContaining('/say') as string, lines: ['said fail'] },
  });
});

it.skipIf(!folders)('tells a Dockerfile that is none, and a base image that does not exist', async () => {
  await expect(built('FROM scratch\nNONSENSE\n')).rejects.toMatchObject({ reason: 'DockerfileInvalid' });
  const host = await withRegistry(async ({ host }) => {
    await expect(built(`FROM ${host}/missing\n`)).rejects.toMatchObject({ reason: 'BaseImageMissing' });
    return host;
  });
  await expect(built(`FROM ${host}/away\n`)).rejects.toMatchObject({ reason: 'RegistryUnreachable' });
});

it.skipIf(!folders)('lets no syntax line choose the frontend', async () => {
  const { result } = await built(`# syntax=127.0.0.1:9/evil\n${image}${says('unmoved')}`);

  expect(result).toMatchObject({ totalSteps: 2 });
});

it.skipIf(!folders)('answers with the login of the host that the Engine asks for, and with no other', async () => {
  await withRegistry(async ({ host }) => {
    await push(host);
    const login = await loginFor(host);
    const elsewhere = await loginFor('other.test');

    const { log } = await built(`FROM ${host}/base\n${says('private')}`, { login });
    expect(log.join('\n')).toContain('said private');
    await engine.docker('image', 'rm', '--force', `${host}/base`).catch(() => undefined);
    await expect(built(`FROM ${host}/base\nLABEL a=b\n`, { login: elsewhere })).rejects.toMatchObject({
      reason: 'BaseImageMissing',
    });
  }, users);
});

it.skipIf(!folders)('hands a secret to the command that mounts it, and keeps it out of log and image', async () => {
  await writeFile(join(work, 'token'), 'planted-build-secret');
  const run = `RUN --mount=type=secret,id=token ["/say", "file", "/run/secrets/token"]\n`;

  const { log, image: layout } = await built(`${image}${run}`, { secrets: ['token'] });

  expect(log.join('\n')).toContain('read [redacted]');
  expect(log.join('\n')).not.toContain('planted-build-secret');
  expect(JSON.stringify(await configOf(layout))).not.toContain('planted-build-secret');
});

it.skipIf(!folders)('ends what the Engine does when the step is told to end', async () => {
  const ending = new AbortController();
  const { context, log } = recordedStep();
  const building = built(`${image}${says('wait')}`, { context: { ...context, signal: ending.signal } });
  const ended = building.catch((error: unknown) => error);
  await until(() => log.join('\n').includes('said wait'), { describe: 'the command runs' });

  ending.abort();

  expect(await ended).toMatchObject({ reason: 'BuildCancelled' });
  await until(async () => !(await processes()).includes('/say wait'), { describe: 'the command is gone' });
});

it.skipIf(!folders)('removes what a step left that was killed, once it is a day old', async () => {
  const day = 24 * 60 * 60_000;
  await run('tar', ['--create', '--file', join(work, 'left.tar'), '--directory', work, 'main.go']);
  const now = systemClock.now();
  const [old, young] = [now - day - 1000, now - day + 600_000].map((at) => `vish.invalid/build:${at}-x`);
  await engine.docker('import', join(work, 'left.tar'), old ?? '');
  await engine.docker('import', join(work, 'left.tar'), young ?? '');

  await built(`${image}${says('tidy')}`);

  expect((await engine.docker('images', '--format', '{{.Repository}}:{{.Tag}}')).split('\n')).toContain(young);
  expect(await engine.docker('images', '--format', '{{.Repository}}:{{.Tag}}')).not.toContain(old);
});

it.skipIf(!folders)('says of an Engine that is not there what to look at', async () => {
  const nobody = built(image, { host: 'tcp://127.0.0.1:9' });

  await expect(nobody).rejects.toMatchObject({
    reason: 'BuilderUnavailable',
    message: expect.stringMatching(
      /^the Docker Engine at tcp:\/\/127\.0\.0\.1:9 cannot be used: .*builds\.docker$/,
    ) as string,
  });
});

async function configOf(layout: string): Promise<unknown> {
  const blob = async (digest: string) =>
    JSON.parse(await readFile(join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length)), 'utf8')) as {
      config: { digest: string };
    };
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
  const manifest = await blob(index.manifests[0]?.digest ?? '');
  return blob(manifest.config.digest);
}

async function withRegistry<T>(use: (registry: TestRegistry) => Promise<T>, htpasswd?: string): Promise<T> {
  await using registry = await startRegistry(await mkdtemp(join(work, 'registry-')), htpasswd ? { htpasswd } : {});
  return await use(registry);
}

async function loginFor(host: string): Promise<string> {
  const folder = await mkdtemp(join(work, 'login-'));
  const auth = Buffer.from('ann:planted-password').toString('base64');
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  return folder;
}

/** A base image at the registry that only who logs in may have. */
async function push(host: string): Promise<void> {
  await run('tar', ['--create', '--file', join(work, 'base.tar'), '--directory', work, 'say']);
  await engine.docker('import', join(work, 'base.tar'), `${host}/base`);
  await engine.docker('--config', await loginFor(host), 'push', `${host}/base`);
  await engine.docker('image', 'rm', `${host}/base`);
}

async function processes(): Promise<string> {
  return (await run('ps', ['-e', '-o', 'args'])).stdout;
}
