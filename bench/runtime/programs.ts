import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../hack/build/bundle.ts';
import { run } from '../../hack/lib/run.ts';
import { shippedProcess } from './shipped.ts';
import type { Program } from './side.ts';

const folder = '.vish/bench';

/** Both programs as they would be shipped: one bundle, one static binary. */
export async function buildPrograms(): Promise<{ ours: Program; peer: Program }> {
  mkdirSync(folder, { recursive: true });
  const [ours, peer] = await Promise.all([buildOurs(), buildPeer()]);
  return { ours, peer };
}

async function buildOurs(): Promise<Program> {
  const outfile = join(folder, 'ours.js');
  await bundle({ entry: join(import.meta.dirname, 'ours.ts'), outfile });
  const { flags, env } = shippedProcess(readFileSync('Dockerfile', 'utf8'));
  return { command: process.execPath, args: [...flags, outfile], env, userAgent: 'bench-ours' };
}

async function buildPeer(): Promise<Program> {
  const binary = join(process.cwd(), folder, 'twin');
  const args = ['build', '-C', join(import.meta.dirname, 'twin'), '-trimpath', '-o', binary, '.'];
  await run('go', args, { env: { ...process.env, CGO_ENABLED: '0' }, timeoutMs: 600_000 });
  return { command: binary, args: [], userAgent: 'bench-peer' };
}
