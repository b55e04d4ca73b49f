import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { lstat, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { run } from '../../../lib/run.ts';
import { layerEpochSeconds } from '../versions.ts';
import { blobPath } from './blobs.ts';
import { Digester } from './digest.ts';
import { type Descriptor, mediaTypes } from './types.ts';

export interface Layer {
  descriptor: Descriptor;
  /** Digest of the tar before compression; an image's configuration lists these. */
  diffId: string;
}

/** Everything that would make two tars of the same files differ is fixed: order, owner names, new times, pax headers. */
const deterministic = [
  '--sort=name',
  '--numeric-owner',
  '--format=posix',
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  `--mtime=@${layerEpochSeconds}`,
  '--clamp-mtime',
];

/** A container engine fills these itself; device nodes in a layer make unpacking without root fail. */
const leftOut = ['--exclude=./dev/*', '--exclude=./proc/*', '--exclude=./sys/*'];

/** gzip and not zstd: the Docker Engine 20.10 of Debian 12 cannot read zstd layers. Level 1: the registry is on loopback. */
const compressionLevel = 1;

/** Packs a folder as one layer of the layout. The same files give the same digest. */
export async function packLayer(folder: string, layout: string): Promise<Layer> {
  const unfinished = join(layout, `unfinished-layer-${process.pid}`);
  const content = new Digester();
  const packed = new Digester();
  const tar = spawn('tar', ['-C', folder, ...deterministic, ...leftOut, '-cf', '-', '.'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = endOf(tar);
  const gzip = createGzip({ level: compressionLevel });
  await Promise.all([pipeline(tar.stdout, content, gzip, packed, createWriteStream(unfinished)), ended]);
  const digest = packed.digest();
  await rename(unfinished, blobPath(layout, digest));
  return { descriptor: { mediaType: mediaTypes.layerGzip, digest, size: packed.size }, diffId: content.digest() };
}

function endOf(child: ReturnType<typeof spawn>): Promise<void> {
  const errors: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.length < 20 && errors.push(String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve();
      reject(new Error(`packing a layer: tar ended with ${code}: ${errors.join('').slice(-1000)}`));
    });
  });
}

const whiteout = '.wh.';

/** Lays a layer over what is in the folder already; a `.wh.` entry removes what a lower layer brought. */
export async function unpackLayer(file: string, folder: string): Promise<void> {
  const { stdout } = await run('tar', ['-tf', file], { timeoutMs: 300_000 });
  const gone = stdout.split('\n').flatMap((name) => whiteoutTarget(name) ?? []);
  for (const name of gone) await rm(join(folder, name), { recursive: true, force: true });
  const without = `--exclude=${whiteout}*`;
  await run('tar', ['-xpf', file, '-C', folder, '--numeric-owner', without], { timeoutMs: 300_000 });
}

/** The path that a `.wh.` entry stands for, or nothing for other entries. */
export function whiteoutTarget(entry: string): string | undefined {
  const slash = entry.lastIndexOf('/') + 1;
  if (!entry.startsWith(whiteout, slash)) return undefined;
  return entry.slice(0, slash) + entry.slice(slash + whiteout.length);
}

/** The kernel's overlay marks a removed file by a character device 0:0; the image format by an empty `.wh.` file. */
export async function writeWhiteouts(upper: string): Promise<void> {
  const entries = await readdir(upper, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isCharacterDevice()) continue;
    const file = join(entry.parentPath, entry.name);
    if ((await lstat(file)).rdev !== 0) continue;
    await rm(file);
    await writeFile(join(entry.parentPath, whiteout + entry.name), '');
  }
}
