import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../hack/build/bundle.ts';
import { run } from '../../hack/lib/run.ts';
import type { Clock } from '../../src/seams/clock.ts';
import type { Program } from './side.ts';

const folder = '.vish/bench';

/** Both programs as they would be shipped: one bundle, one static binary. */
export async function buildPrograms(clock: Clock): Promise<{ ours: Program; peer: Program }> {
  mkdirSync(folder, { recursive: true });
  const [ours, peer] = await Promise.all([buildOurs(), buildPeer(clock)]);
  return { ours, peer };
}

async function buildOurs(): Promise<Program> {
  const outfile = join(folder, 'ours.js');
  await bundle({ entry: join(import.meta.dirname, 'ours.ts'), outfile });
  return { command: process.execPath, args: [outfile], userAgent: 'bench-ours' };
}

async function buildPeer(clock: Clock): Promise<Program> {
  const binary = join(process.cwd(), folder, 'twin');
  const args = ['build', '-C', join(import.meta.dirname, 'twin'), '-trimpath', '-o', binary, '.'];
  const { code, output } = await run('go', args, { clock, env: { ...process.env, CGO_ENABLED: '0' } });
  if (code !== 0) throw new Error(`the Go twin could not be built (go ${args.join(' ')}):\n${output}`);
  return { command: binary, args: [], userAgent: 'bench-peer' };
}
