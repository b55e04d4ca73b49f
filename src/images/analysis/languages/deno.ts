import { toolVersion, versionFile, versionOf } from '../plan/declared.ts';
import { type Fact, fact } from '../plan/fact.ts';
import type { Draft } from '../plan/plan.ts';
import { unlocked } from '../plan/unlocked.ts';
import { type Json, keysAt, quoted, readJson, textAt } from '../read/json.ts';
import { AnalysisError, firstOf, isPlainPath, type Tree } from '../tree/tree.ts';

const versions = { known: ['2'], preferred: '2' };
const folder = '/deno-dir';
const permissions = '--allow-net --allow-env --allow-read --allow-sys';

export function deno(tree: Tree): Draft | undefined {
  const file = firstOf(tree, ['deno.json', 'deno.jsonc']);
  if (file === undefined) return undefined;
  const source = tree.name(file);
  const manifest = readJson(tree, file);
  const { version, notes } = versionOf(tree, [versionFile('.dvmrc'), toolVersion('deno')], versions);
  const entry = entryOf(tree);
  const frozen = tree.has('deno.lock') ? ' --frozen' : '';
  const install = entry === undefined ? `deno install${frozen}` : `deno cache${frozen} ${entry}`;
  const imports = keysAt(manifest, 'imports').length > 0;
  const build = textAt(manifest, 'tasks', 'build');
  return {
    language: fact('deno', source, 'the file exists'),
    version,
    framework: undefined,
    packageManager: fact('deno', source, 'the file exists'),
    install: fact(install, source, 'the file exists'),
    build: build === undefined ? undefined : fact('deno task build', source, quoted('build', build)),
    start: startOf(tree, { manifest, source, entry }),
    notes: [...notes, ...(frozen === '' && imports ? [unlocked('deno.lock', 'run "deno install"')] : [])],
    stages: [
      {
        name: 'run',
        image: 'deno',
        version: version.value,
        instructions: [
          { do: 'workdir', path: '/app' },
          { do: 'env', variables: { DENO_DIR: folder, DENO_NO_UPDATE_CHECK: '1' } },
          { do: 'copy', paths: ['.'], to: './' },
          // Modules belong to the image: a start must not need the network. Others than their owner have to write to it too.
          { do: 'run', command: `${install} && mkdir -p ${folder} && chmod -R a+rwX ${folder}` },
          ...(build === undefined ? [] : [{ do: 'run', command: 'deno task build' } as const]),
        ],
      },
    ],
  };
}

function entryOf(tree: Tree): string | undefined {
  const names = ['main', 'server', 'mod', 'index', 'app'].flatMap((name) => [name, `src/${name}`]);
  return firstOf(
    tree,
    names.flatMap((name) => ['ts', 'tsx', 'js'].map((extension) => `${name}.${extension}`)),
  );
}

interface Known {
  readonly manifest: Json;
  readonly source: string;
  readonly entry: string | undefined;
}

function startOf(tree: Tree, { manifest, source, entry }: Known): Fact<readonly string[]> {
  const task = textAt(manifest, 'tasks', 'start');
  if (task !== undefined) return fact(['deno', 'task', 'start'], source, quoted('start', task));
  if (entry === undefined || !isPlainPath(entry)) {
    throw new AnalysisError(`${source} has no task "start", and there is no main.ts, server.ts or mod.ts; add one`);
  }
  return fact(['deno', 'run', ...permissions.split(' '), entry], tree.name(entry), 'the file exists');
}
