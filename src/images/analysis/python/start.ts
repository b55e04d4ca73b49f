import { type Fact, fact } from '../plan/fact.ts';
import { lineWith } from '../read/lines.ts';
import { AnalysisError, firstOf, type Tree } from '../tree/tree.ts';
import type { Packages } from './packages.ts';

export interface PythonStart {
  readonly framework?: Fact | undefined;
  readonly start: Fact<readonly string[]>;
  /** Servers that the project starts with, but does not depend on; pinned. */
  readonly added: readonly string[];
}

const gunicorn = 'gunicorn==26.2.0';
const uvicorn = 'uvicorn==0.52.0';

type Rule = (tree: Tree, packages: Packages) => PythonStart | undefined;

/** Most telling first. */
const rules: readonly Rule[] = [django, streamlit, asgi, wsgi, script];

export function startOf(tree: Tree, packages: Packages): PythonStart {
  for (const rule of rules) {
    const found = rule(tree, packages);
    if (found !== undefined) return found;
  }
  throw new AnalysisError(
    'a Python project without a program that is known: add main.py or app.py, or a Procfile with a line "web: ..."',
  );
}

function shell(command: string): readonly string[] {
  return ['sh', '-c', `exec ${command}`];
}

function missing(packages: Packages, requirement: string): string[] {
  return packages.names.has(requirement.split('==')[0] ?? '') ? [] : [requirement];
}

function django(tree: Tree, packages: Packages): PythonStart | undefined {
  const framework = packages.names.get('django');
  if (framework === undefined || !tree.has('manage.py')) return undefined;
  const settings = tree.files.filter((file) => /^[^/]{1,80}\/(?:settings|settings\/[a-z]{1,20})\.py$/.test(file));
  for (const file of settings) {
    const found = lineWith(tree, file, /^WSGI_APPLICATION\s{0,9}=\s{0,9}["']([\w.]{1,200})\.application["']/);
    if (found === undefined) continue;
    const start = fact(shell(`gunicorn ${found.found}:application --bind 0.0.0.0:$PORT`), tree.name(file), found.line);
    return { framework: { ...framework, value: 'Django' }, start, added: missing(packages, gunicorn) };
  }
  throw new AnalysisError(
    'a Django project whose settings name no WSGI_APPLICATION; add it, or a Procfile with a line "web: ..."',
  );
}

function streamlit(tree: Tree, packages: Packages): PythonStart | undefined {
  const framework = packages.names.get('streamlit');
  const file = firstOf(tree, ['streamlit_app.py', 'app.py', 'main.py', 'Home.py']);
  if (framework === undefined || file === undefined) return undefined;
  const command = `streamlit run ${file} --server.address 0.0.0.0 --server.port $PORT`;
  return {
    framework: { ...framework, value: 'Streamlit' },
    start: fact(shell(command), tree.name(file), 'the file exists'),
    added: [],
  };
}

function asgi(tree: Tree, packages: Packages): PythonStart | undefined {
  const kinds = { fastapi: 'FastAPI', starlette: 'Starlette', litestar: 'Litestar' };
  const app = appOf(tree, packages, kinds);
  if (app === undefined) return undefined;
  const start = fact(shell(`uvicorn ${app.module}:${app.variable} --host 0.0.0.0 --port $PORT`), app.source, app.line);
  return { framework: app.framework, start, added: missing(packages, uvicorn) };
}

function wsgi(tree: Tree, packages: Packages): PythonStart | undefined {
  const app = appOf(tree, packages, { flask: 'Flask', bottle: 'Bottle', falcon: 'Falcon' });
  if (app === undefined) return undefined;
  const start = fact(shell(`gunicorn ${app.module}:${app.variable} --bind 0.0.0.0:$PORT`), app.source, app.line);
  return { framework: app.framework, start, added: missing(packages, gunicorn) };
}

const constructors =
  /^([A-Za-z_]\w{0,60})\s{0,9}(?::\s{0,9}\w{1,60}\s{0,9})?=\s{0,9}(?:\w{1,60}\.)?(?:FastAPI|Starlette|Litestar|Flask|Bottle|App|create_app)\(/;

/** The variable at the top of a file that holds the app: indented lines are no top. */
function appOf(tree: Tree, { names }: Packages, kinds: Readonly<Record<string, string>>) {
  const [name, value] = Object.entries(kinds).find(([each]) => names.has(each)) ?? [];
  const framework = names.get(name ?? '');
  if (framework === undefined || value === undefined) return undefined;
  for (const file of candidates(tree)) {
    const line = (tree.read(file) ?? '').split(/\r?\n/).find((each) => each.length < 300 && constructors.test(each));
    const variable = constructors.exec(line ?? '')?.[1];
    if (line === undefined || variable === undefined) continue;
    const module = file.replace(/\/__init__\.py$|\.py$/, '').replaceAll('/', '.');
    return { framework: { ...framework, value }, module, variable, source: tree.name(file), line };
  }
  return undefined;
}

function candidates(tree: Tree): string[] {
  const usual = [
    'main',
    'app',
    'server',
    'api',
    'wsgi',
    'asgi',
    'app/main',
    'app/__init__',
    'src/main',
    'src/app',
    'application',
  ];
  const others = tree.files.filter((file) => /^(?:[a-z_]\w{0,60}\/){0,2}(?:main|app|server|__init__)\.py$/i.test(file));
  return [...new Set([...usual.map((name) => `${name}.py`), ...others])].filter((file) => tree.has(file)).slice(0, 40);
}

function script(tree: Tree): PythonStart | undefined {
  const file = firstOf(tree, ['main.py', 'app.py', 'server.py', 'start.py', 'run.py', '__main__.py']);
  if (file === undefined) return undefined;
  return { start: fact(['python3', file], tree.name(file), 'the file exists'), added: [] };
}
