import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runProgram } from '../program/program.ts';
import { programEnv } from './builder.ts';
import { unpacked } from './unpacked.ts';

const { signal } = new AbortController();
const quiet = { env: programEnv(), signal, onLine: () => undefined };
let work: string;
let folder: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-unpacked-'));
  folder = join(work, 'image');
  await writeFile(join(work, 'index.json'), '{}');
});
afterEach(() => rm(work, { recursive: true, force: true }));

const tar = ['--create', '--directory'];
const writes = (script: string) =>
  unpacked(folder, { signal }, (into) => runProgram('sh', ['-c', script], { ...quiet, into }));

it('has the files that a program wrote as a tar', async () => {
  const code = await unpacked(folder, { signal }, (into) => {
    return runProgram('tar', [...tar, work, 'index.json'], { ...quiet, into });
  });

  expect(code).toBe(0);
  expect(await readFile(join(folder, 'index.json'), 'utf8')).toBe('{}');
});

it('returns the exit code of a program that failed before it wrote anything', async () => {
  expect(await writes('exit 3')).toBe(3);
});

it('takes half a tar for no image', async () => {
  const half = writes(`tar --create --directory ${work} index.json | head --bytes=700`);

  await expect(half).rejects.toMatchObject({ reason: 'BuilderUnavailable', message: /did not arrive whole/ });
});

it('says what a writer says that has no tar', async () => {
  const broken = unpacked(folder, { signal }, async (into) => {
    await pipeline(Readable.from(failing()), into);
    return 0;
  });

  await expect(broken).rejects.toThrow('the connection is gone');
});

async function* failing() {
  yield Buffer.alloc(10);
  await Promise.resolve();
  throw new Error('the connection is gone');
}
