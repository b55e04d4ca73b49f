import { type Fact, fact } from '../plan/fact.ts';
import type { Instruction } from '../plan/plan.ts';
import { unlocked } from '../plan/unlocked.ts';
import { AnalysisError, type Tree } from '../tree/tree.ts';
import { hasTable, type Packages } from './packages.ts';

export interface PythonManager {
  readonly fact: Fact;
  readonly install: Fact;
  readonly cache: string;
  readonly instructions: readonly Instruction[];
  readonly notes: readonly string[];
}

/** Where the packages are, in every stage: their programs have the path in their first line. */
export const venv = '/opt/venv';
const uv = '0.13.0';
const poetry = '2.4.3';

export function managerOf(tree: Tree, { project }: Packages): PythonManager | undefined {
  if (tree.has('uv.lock')) return withUv(tree);
  if (tree.has('poetry.lock') || hasTable(project, 'tool', 'poetry', 'dependencies')) return withPoetry(tree);
  if (tree.has('requirements.txt')) return withPip(tree, 'requirements.txt');
  if (tree.has('pyproject.toml')) return withPip(tree, 'pyproject.toml');
  if (!tree.has('Pipfile')) return undefined;
  throw new AnalysisError(
    `${tree.name('Pipfile')} alone is not followed; add what "pipenv requirements" prints as requirements.txt`,
  );
}

function withUv(tree: Tree): PythonManager {
  const cache = '/root/.cache/uv';
  // Servers may be added beside what the lock names, and pip has to stay for that.
  const install = '/opt/uv/bin/uv sync --locked --inexact --no-dev --no-install-project';
  return {
    fact: fact('uv', tree.name('uv.lock'), 'the file exists'),
    install: fact(install.replace('/opt/uv/bin/', ''), tree.name('uv.lock'), 'the file exists'),
    cache,
    notes: [],
    instructions: [
      {
        do: 'run',
        command: `python3 -m venv /opt/uv && /opt/uv/bin/pip install uv==${uv}`,
        caches: ['/root/.cache/pip'],
      },
      {
        do: 'env',
        variables: {
          UV_PROJECT_ENVIRONMENT: venv,
          UV_PYTHON_DOWNLOADS: 'never',
          UV_LINK_MODE: 'copy',
          UV_COMPILE_BYTECODE: '1',
        },
      },
      { do: 'copy', paths: ['pyproject.toml', 'uv.lock'], to: './' },
      { do: 'run', command: install, caches: [cache] },
    ],
  };
}

function withPoetry(tree: Tree): PythonManager {
  const cache = '/root/.cache/pypoetry';
  const source = tree.has('poetry.lock') ? 'poetry.lock' : 'pyproject.toml';
  const install = 'poetry install --only main --no-root --no-interaction';
  return {
    fact: fact(
      'poetry',
      tree.name(source),
      source === 'poetry.lock' ? 'the file exists' : '[tool.poetry.dependencies]',
    ),
    install: fact(install, tree.name(source), 'the file exists'),
    cache,
    notes: source === 'poetry.lock' ? [] : [unlocked('poetry.lock', 'run "poetry lock"')],
    instructions: [
      {
        do: 'run',
        command: `python3 -m venv /opt/poetry && /opt/poetry/bin/pip install poetry==${poetry}`,
        caches: ['/root/.cache/pip'],
      },
      { do: 'copy', paths: ['pyproject.toml', ...(source === 'poetry.lock' ? [source] : [])], to: './' },
      { do: 'run', command: `VIRTUAL_ENV=${venv} /opt/poetry/bin/${install}`, caches: [cache] },
    ],
  };
}

function withPip(tree: Tree, file: string): PythonManager {
  const cache = '/root/.cache/pip';
  const install = file === 'requirements.txt' ? 'pip install --requirement requirements.txt' : 'pip install .';
  return {
    fact: fact('pip', tree.name(file), 'the file exists'),
    install: fact(install, tree.name(file), 'the file exists'),
    cache,
    notes: file === 'requirements.txt' ? [] : [unlocked('uv.lock', 'run "uv lock"')],
    instructions: [
      // What requirements.txt includes lies beside it, or in a folder of that name.
      { do: 'copy', paths: file === 'requirements.txt' && !includes(tree) ? [file] : ['.'], to: './' },
      { do: 'run', command: install, caches: [cache] },
    ],
  };
}

function includes(tree: Tree): boolean {
  return /^\s{0,9}(?:-[rce]|\.)/m.test(tree.read('requirements.txt') ?? '');
}
