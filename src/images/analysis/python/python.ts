import { type Declaration, toolVersion, versionFile, versionOf } from '../plan/declared.ts';
import { fact } from '../plan/fact.ts';
import { libraries } from '../plan/libraries.ts';
import type { Draft, Instruction } from '../plan/plan.ts';
import { type Json, textAt } from '../read/json.ts';
import { lineWith } from '../read/lines.ts';
import { firstOf, type Tree } from '../tree/tree.ts';
import { managerOf, type PythonManager, venv } from './manager.ts';
import { type Packages, packagesOf } from './packages.ts';
import { startOf } from './start.ts';

const versions = { known: ['3.10', '3.11', '3.12', '3.13', '3.14'], preferred: '3.13' };
const signs = [
  'pyproject.toml',
  'requirements.txt',
  'uv.lock',
  'poetry.lock',
  'Pipfile',
  'manage.py',
  'main.py',
  'app.py',
];
const variables = { PATH: `${venv}/bin:$PATH`, PYTHONUNBUFFERED: '1' };

export function python(tree: Tree): Draft | undefined {
  const sign = firstOf(tree, signs);
  // A frontend may have a script in Python beside it.
  if (sign === undefined || (sign.endsWith('.py') && tree.has('package.json'))) return undefined;
  const source = tree.name(sign);
  const packages = packagesOf(tree);
  const manager = managerOf(tree, packages);
  const { version, notes } = versionOf(tree, declarations(packages.project), versions);
  const procfile = lineWith(tree, 'Procfile', /^web:\s{0,9}\S/);
  const known =
    procfile === undefined ? startOf(tree, packages) : { start: fact([], source, ''), added: [], framework: undefined };
  return {
    language: fact('python', source, 'the file exists'),
    version: { ...version, value: minorOf(version.value) },
    framework: known.framework,
    packageManager: manager?.fact,
    install: manager?.install,
    start: known.start,
    caches:
      manager === undefined
        ? []
        : [fact(manager.cache, manager.fact.source, `where ${manager.fact.value} keeps packages`)],
    notes: [
      ...notes,
      ...(manager?.notes ?? []),
      ...known.added.map((name) => `${name} is added, because the project depends on no server`),
    ],
    stages: [
      {
        name: 'build',
        image: 'python',
        version: minorOf(version.value),
        instructions: buildSteps(manager, known.added),
      },
      {
        name: 'run',
        image: 'python-slim',
        version: minorOf(version.value),
        instructions: [
          { do: 'workdir', path: '/app' },
          { do: 'env', variables },
          ...libraries(linkedTo(packages)),
          { do: 'copy', from: 'build', paths: [`${venv}/`], to: `${venv}/` },
          { do: 'copy', paths: ['.'], to: './' },
        ],
      },
    ],
  };
}

const linked: Readonly<Record<string, string>> = {
  psycopg: 'libpq5',
  'psycopg-c': 'libpq5',
  psycopg2: 'libpq5',
  mysqlclient: 'libmariadb3',
};

function linkedTo({ names }: Packages): string[] {
  return Object.entries(linked).flatMap(([name, library]) => (names.has(name) ? [library] : []));
}

function buildSteps(manager: PythonManager | undefined, added: readonly string[]): Instruction[] {
  const extra = `${venv}/bin/python -m pip install ${added.join(' ')}`;
  return [
    { do: 'workdir', path: '/app' },
    { do: 'run', command: `python3 -m venv ${venv}` },
    { do: 'env', variables },
    ...(manager?.instructions ?? []),
    ...(added.length === 0 ? [] : [{ do: 'run', command: extra, caches: ['/root/.cache/pip'] } as const]),
  ];
}

/** Patches of one minor version are compatible, and images of old patches are not made anew. */
function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function declarations(project: Json): Declaration[] {
  const field =
    (...keys: readonly string[]): Declaration =>
    (tree) => {
      const wanted = textAt(project, ...keys);
      return wanted === undefined
        ? undefined
        : fact(wanted, tree.name('pyproject.toml'), `${keys.at(-1)} = "${wanted}"`);
    };
  return [
    versionFile('.python-version'),
    versionFile('runtime.txt', 'python-'),
    toolVersion('python'),
    field('project', 'requires-python'),
    field('tool', 'poetry', 'dependencies', 'python'),
  ];
}
