import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { request } from 'undici';
import { cacheRoot } from '../../../hack/cluster/build/builder.ts';
import { withLock } from '../../../hack/cluster/lock.ts';
import { run } from '../../../hack/lib/run.ts';
import { until } from '../until.ts';

const requirements = join(import.meta.dirname, 'moto-requirements.txt');
const complete = 'complete';
const installDeadlineMs = 5 * 60_000;
const startDeadlineMs = 30_000;

/** Folder of a Python environment that holds exactly the packages of the hash file, made when it is missing. */
export async function ensureMoto(): Promise<string> {
  const content = await readFile(requirements);
  const key = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const folder = join(cacheRoot(), 'python', `moto-${key}`);
  if (await exists(join(folder, complete))) return folder;
  await mkdir(join(cacheRoot(), 'python'), { recursive: true });
  const lock = { purpose: 'install moto', deadlineMs: installDeadlineMs };
  await withLock(`${folder}.lock`, lock, async () => {
    if (!(await exists(join(folder, complete)))) await install(folder);
  });
  return folder;
}

/** An environment cannot be moved into place, so what is half made is known by the mark that the last step leaves. */
async function install(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', folder]).catch((error: unknown) => {
    throw new Error('moto needs Python 3.11 or newer with venv; install python3 and python3-venv.', { cause: error });
  });
  const pip = [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--require-hashes',
    '--no-deps',
    '-r',
    requirements,
  ];
  await run(join(folder, 'bin/pip'), pip, { timeoutMs: installDeadlineMs });
  await writeFile(join(folder, complete), '');
}

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server of its own on a free port. */
export async function startMoto(settings: Readonly<Record<string, string>> = {}): Promise<Moto> {
  const folder = await ensureMoto();
  const port = await freePort();
  const child = spawn(join(folder, 'bin/moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, ...settings },
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  await answering(url, child).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, stop };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode} before it answered`);
    const answer = await request(`${url}/moto-api/data.json`).catch(() => undefined);
    await answer?.body.dump();
    return answer?.statusCode === 200;
  };
  await until(answers, { deadlineMs: startDeadlineMs, everyMs: 50, describe: `moto_server to answer on ${url}` });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
