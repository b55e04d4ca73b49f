import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../lib/run.ts';
import { containerdSocket, pauseImage } from './containerd.ts';

/**
 * Puts the image that every pod starts with into containerd. Its one layer holds one static binary under two names, so
 * it is packed here and needs no registry.
 */
export async function ensurePauseImage(ctr: string, binary: string, scratch: string): Promise<void> {
  const images = ['-a', containerdSocket, '-n', 'k8s.io', 'images'];
  const { stdout } = await run(ctr, [...images, 'list', '-q', `name==${pauseImage}`]);
  if (stdout.trim() === pauseImage) return;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(join(scratch, 'root'), { recursive: true });
  await copyFile(binary, join(scratch, 'root', 'pause'));
  await link(join(scratch, 'root', 'pause'), join(scratch, 'root', 'volume'));
  await run('tar', [
    '-C',
    join(scratch, 'root'),
    '--owner=0',
    '--group=0',
    '-cf',
    join(scratch, 'layer.tar'),
    'pause',
    'volume',
  ]);
  const layer = createHash('sha256')
    .update(await readFile(join(scratch, 'layer.tar')))
    .digest('hex');
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  await writeFile(join(scratch, 'config.json'), JSON.stringify(imageConfig(architecture, layer)));
  const manifest = [{ Config: 'config.json', RepoTags: [pauseImage], Layers: ['layer.tar'] }];
  await writeFile(join(scratch, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(scratch, 'pause.tar');
  await run('tar', ['-C', scratch, '-cf', archive, 'manifest.json', 'config.json', 'layer.tar']);
  await run(ctr, [...images, 'import', archive]);
  await rm(scratch, { recursive: true, force: true });
}

function imageConfig(architecture: string, layer: string): object {
  return {
    architecture,
    os: 'linux',
    config: { Entrypoint: ['/pause'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [{ created_by: 'pause' }],
  };
}
