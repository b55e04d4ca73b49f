import { cp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../lib/run.ts';
import { versions } from '../versions.ts';
import { buildTools } from './debian.ts';
import type { Preparation, Recipe } from './recipe.ts';

/** The go command finds its own tree when it is of that version and fetches the toolchain module otherwise. */
async function prepare({ tree }: Preparation): Promise<void> {
  const env = { ...process.env, GOTOOLCHAIN: `go${versions.go}` };
  const root = (await run('go', ['env', 'GOROOT'], { env, cwd: tmpdir(), timeoutMs: 600_000 })).stdout.trim();
  const target = join(tree, 'usr/local/go');
  await mkdir(join(tree, 'usr/local'), { recursive: true });
  await cp(root, target, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'u+w,go+rX', target]);
  for (const name of ['test', 'api']) await rm(join(target, name), { recursive: true, force: true });
  await mkdir(join(tree, 'go'));
}

const series = versions.go.split('.').slice(0, 2).join('.');

export const golang: Recipe = {
  name: 'golang',
  source: import.meta.filename,
  references: [`library/golang:${series}`, `library/golang:${versions.go}`],
  parent: buildTools.name,
  madeFrom: `Go module golang.org/toolchain at ${versions.go}, or this machine's Go of that version`,
  prepare,
  script: 'mkdir -p /go/src /go/bin && chmod -R 1777 /go',
  version: { command: '/usr/local/go/bin/go version', expects: `go${versions.go} ` },
  settings: {
    Env: [
      `GOLANG_VERSION=${versions.go}`,
      'GOTOOLCHAIN=local',
      'GOPATH=/go',
      'PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ],
    WorkingDir: '/go',
    Cmd: ['bash'],
  },
};
