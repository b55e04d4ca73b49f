import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../lib/run.ts';

/** Fetches a package by its ordinary client, which checks it, and unpacks it into a folder. */
export async function unpackNpm(name: string, version: string, { scratch, to }: { scratch: string; to: string }) {
  const pack = ['pack', `${name}@${version}`, '--silent', '--pack-destination', scratch];
  const { stdout } = await run('npm', pack, { cwd: scratch, timeoutMs: 600_000 });
  const file = stdout.trim().split('\n').at(-1) ?? '';
  await mkdir(to, { recursive: true });
  await run('tar', ['-xzf', join(scratch, file), '-C', to, '--strip-components=1', '--no-same-owner']);
}
