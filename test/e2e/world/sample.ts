import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../../hack/git-server/sample');
const read = (name: string) => readFile(join(folder, name), 'utf8');

type Files = Record<string, string>;

/** The app of the quickstart, which says its version. */
export async function sample(version: string): Promise<Files> {
  const [dockerfile, manifest, server] = await Promise.all(['Dockerfile', 'package.json', 'server.js'].map(read));
  if (dockerfile === undefined || manifest === undefined || server === undefined)
    throw new Error('the sample has gone');
  return { Dockerfile: dockerfile, 'package.json': manifest, 'server.js': server.replace('version 1', version) };
}

/** A change that cannot be built: its command says why and ends with 3. */
export async function unbuildable(): Promise<Files> {
  const { Dockerfile = '', ...rest } = await sample('version unbuildable');
  const command = 'RUN echo compiling >&2 && echo "no such module: left-pad" >&2 && exit 3';
  return { ...rest, Dockerfile: Dockerfile.replace(/^RUN .*$/m, command) };
}

/** A change whose build takes its time. */
export async function slow(version: string, seconds: number): Promise<Files> {
  const { Dockerfile = '', ...rest } = await sample(version);
  return { ...rest, Dockerfile: Dockerfile.replace(/^RUN .*$/m, `RUN sleep ${seconds}`) };
}

/** A change that builds, and crashes at the start. */
export async function crashing(): Promise<Files> {
  return { ...(await sample('version crashing')), 'server.js': 'console.error("no database"); process.exit(7);\n' };
}
