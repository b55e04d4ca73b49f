import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../../lib/run.ts';
import { blobPath, makeBlobFolder } from '../oci/blobs.ts';
import { packLayer, unpackLayer, writeWhiteouts } from '../oci/layer.ts';
import { runInside } from './inside.ts';

describe.skipIf(process.getuid?.() !== 0)('a script run inside a tree', () => {
  let work: string;
  let lower: string;

  beforeEach(async () => {
    work = await mkdtemp(join(tmpdir(), 'vish-inside-'));
    lower = join(work, 'lower');
    for (const name of ['proc', 'dev', 'etc', 'bin']) await mkdir(join(lower, name), { recursive: true });
    // The machine's own shell with the libraries it is linked to makes the smallest tree that runs a script.
    const { stdout } = await run('ldd', ['/bin/sh']);
    const libraries = [...stdout.matchAll(/(\/\S+) \(/g)].map(([, path]) => path ?? '');
    await run('cp', ['--dereference', '--parents', '/bin/sh', '/bin/rm', ...libraries, lower]);
    const linkedByRm = [...(await run('ldd', ['/bin/rm'])).stdout.matchAll(/(\/\S+) \(/g)].map(
      ([, path]) => path ?? '',
    );
    await run('cp', ['--dereference', '--parents', ...linkedByRm, lower]);
    await writeFile(join(lower, 'etc/old'), 'old');
  });

  afterEach(async () => {
    await rm(work, { recursive: true, force: true });
  });

  async function inOverlay(script: string): Promise<string> {
    const overlay = { lower, upper: join(work, 'upper'), work: join(work, 'overlay') };
    const root = join(work, 'root');
    for (const folder of [overlay.upper, overlay.work, root]) await mkdir(folder);
    return runInside({ root, overlay, script });
  }

  it('changes only the upper tree, and its removals reach whoever unpacks the layer', async () => {
    await inOverlay('rm /etc/old; echo new > /etc/new');

    const upper = join(work, 'upper');
    expect(await readFile(join(lower, 'etc/old'), 'utf8')).toBe('old');
    await writeWhiteouts(upper);
    await makeBlobFolder(work);
    const { descriptor } = await packLayer(upper, work);
    await unpackLayer(blobPath(work, descriptor.digest), lower);
    expect((await readdir(join(lower, 'etc'))).sort()).toEqual(['new']);
  });

  it('leaves no mount on the machine', async () => {
    await inOverlay('echo inside');

    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(work);
  });

  it('sees neither the variables nor the processes of whoever runs it', async () => {
    const printed = await inOverlay('echo "$HOME:${USER-none}:$$"');

    expect(printed.trim()).toBe('/root:none:1');
  });

  it('fails with what the script said', async () => {
    await expect(inOverlay('echo "no such archive" >&2; exit 3')).rejects.toThrow('no such archive');
  });

  it('ends with the process that started it, even when that is killed', async () => {
    const mark = `86400.${process.pid}`;
    const module = join(import.meta.dirname, 'inside.ts');
    const program = `import('${module}').then(({ runApart }) => runApart(['sleep', '${mark}']))`;
    const starter = spawn(process.execPath, ['--eval', program], { stdio: 'ignore' });
    await expect.poll(() => isRunning(mark), { timeout: 20_000 }).toBe(true);

    starter.kill('SIGKILL');

    await expect.poll(() => isRunning(mark), { timeout: 20_000 }).toBe(false);
  });
});

/** True while a `sleep` with that argument exists anywhere on the machine. */
async function isRunning(mark: string): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.some((command) => command.startsWith(`sleep\0${mark}`));
}
