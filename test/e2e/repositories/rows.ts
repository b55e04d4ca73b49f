import { changed } from '../../support/fixture-files.ts';

export interface Sample {
  /** Folder in test/fixtures/repos. */
  readonly name: string;
  /** Of the service, in a repository of several. */
  readonly path?: string;
  /** Part of the body at `/`. */
  readonly says: string;
}

/** Repositories whose packages can be had wherever these tests run, slow builds first. */
export const samples: readonly Sample[] = [
  { name: 'nextjs', says: 'hello from nextjs' },
  { name: 'java-maven', says: 'hello from java-maven' },
  { name: 'rust', says: 'hello from rust' },
  { name: 'python-uv', says: 'hello from python-uv' },
  { name: 'python-pip', says: 'hello from python-pip' },
  { name: 'go', says: 'hello from go' },
  { name: 'vite', says: '<title>hello from vite</title>' },
  { name: 'node-pnpm', says: 'hello from node-pnpm' },
  { name: 'node-npm', says: 'hello from node-npm' },
  { name: 'monorepo', path: 'apps/web', says: 'hello from monorepo web' },
  { name: 'ruby', says: 'hello from ruby' },
  { name: 'php', says: 'hello from php' },
  { name: 'bun', says: 'hello from bun' },
  { name: 'deno', says: 'hello from deno' },
  { name: 'static', says: 'hello from static' },
];

export interface Broken {
  readonly name: string;
  readonly how: string;
  readonly files: Readonly<Record<string, string>>;
  /** A build that fails has no release; a release that fails is taken back. */
  readonly ends: 'BuildCommandFailed' | 'RolledBack';
  /** Said by the message, or by the last lines of the build. */
  readonly told: readonly RegExp[];
}

const wrongStart = (command: string) => ({ Procfile: `web: ${command}\n` });

/** One change each that a build or a start finds out; what the analysis finds is in src/images/analysis/broken.test.ts. */
export const broken: readonly Broken[] = [
  {
    name: 'nextjs',
    how: 'has a syntax error in a page',
    files: changed('nextjs', 'app/page.jsx', 'return <p>', 'return <p'),
    ends: 'BuildCommandFailed',
    told: [/npm run build.*exit code 1/, /page\.jsx/],
  },
  {
    name: 'node-pnpm',
    how: 'has a failing test before its build',
    files: {
      ...changed('node-pnpm', 'package.json', '"scripts": {', '"scripts": { "build": "node --test",'),
      'hello.test.js': "import test from 'node:test';\ntest('adds', () => { throw new Error('1 + 1 is 3'); });\n",
    },
    ends: 'BuildCommandFailed',
    told: [/pnpm run build.*exit code 1/, /fail 1|1 \+ 1 is 3/],
  },
  {
    name: 'vite',
    how: 'has a failing test before its build',
    files: {
      ...changed('vite', 'package.json', '"build": "vite build"', '"build": "node --test && vite build"'),
      'page.test.js': "import test from 'node:test';\ntest('adds', () => { throw new Error('1 + 1 is 3'); });\n",
    },
    ends: 'BuildCommandFailed',
    told: [/npm run build.*exit code 1/, /fail 1|1 \+ 1 is 3/],
  },
  {
    name: 'node-npm',
    how: 'has a lock file that does not fit',
    files: changed('node-npm', 'package.json', '"express": "4.21.2"', '"express": "4.21.1"'),
    ends: 'BuildCommandFailed',
    told: [/npm ci.*exit code 1.*lock file does not fit/],
  },
  {
    name: 'python-uv',
    how: 'has a lock file that does not fit',
    files: changed('python-uv', 'pyproject.toml', 'uvicorn==0.38.0', 'uvicorn==0.37.0'),
    ends: 'BuildCommandFailed',
    told: [/uv sync.*exit code 1.*lock file does not fit/],
  },
  {
    name: 'go',
    how: 'does not compile',
    files: changed('go', 'main.go', 'func main() {', 'func main() { undefinedThing()'),
    ends: 'BuildCommandFailed',
    told: [/go build.*exit code 1/, /main\.go:10:\d+: undefined: undefinedThing/],
  },
  {
    name: 'rust',
    how: 'does not compile',
    files: changed('rust', 'src/main.rs', 'let body = "hello', 'let body: u8 = "hello'),
    ends: 'BuildCommandFailed',
    told: [/cargo build.*exit code 101/, /mismatched types|could not compile/],
  },
  {
    name: 'java-maven',
    how: 'does not compile',
    files: changed('java-maven', 'src/main/java/app/Main.java', 'server.start();', 'server.begin();'),
    ends: 'BuildCommandFailed',
    told: [/mvn .*exit code 1/, /Main\.java|cannot find symbol/],
  },
  {
    name: 'python-pip',
    how: 'has a wrong start command',
    files: wrongStart('gunicorn wrong:app --bind 0.0.0.0:$PORT'),
    ends: 'RolledBack',
    told: [/exit code 127/, /gunicorn: not found/],
  },
  {
    name: 'ruby',
    how: 'has a syntax error',
    files: changed('ruby', 'server.rb', 'loop do', 'loop do ('),
    ends: 'RolledBack',
    told: [/exit code 1/, /server\.rb.*syntax error/],
  },
  {
    name: 'php',
    how: 'has a syntax error',
    files: changed('php', 'index.php', 'echo "', 'echo ) "'),
    ends: 'RolledBack',
    told: [/health question/],
  },
  {
    name: 'deno',
    how: 'has a wrong start command',
    files: changed('deno', 'deno.json', '--allow-env main.ts', '--allow-env missing.ts'),
    ends: 'RolledBack',
    told: [/exit code 1/, /Module not found.*missing\.ts/],
  },
  {
    name: 'monorepo',
    how: 'has a wrong start command in the chosen package',
    files: changed('monorepo', 'apps/web/package.json', 'node server.js', 'node missing.js'),
    ends: 'RolledBack',
    told: [/exit code 1/, /Cannot find module.*missing\.js/],
  },
  {
    name: 'bun',
    how: 'has a syntax error',
    files: changed('bun', 'server.ts', 'Bun.serve({', 'Bun.serve({{'),
    ends: 'RolledBack',
    told: [/exit code 1/, /server\.ts/],
  },
];
