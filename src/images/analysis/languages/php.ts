import { type Declaration, toolVersion, versionOf } from '../plan/declared.ts';
import { type Fact, fact } from '../plan/fact.ts';
import type { Draft, Instruction, Stage } from '../plan/plan.ts';
import { unlocked } from '../plan/unlocked.ts';
import { type Json, keysAt, quoted, readJson, textAt } from '../read/json.ts';
import { lineWith } from '../read/lines.ts';
import { firstOf, type Tree } from '../tree/tree.ts';
import { apacheConfig, apacheStart } from './apache.ts';

const versions = { known: ['8.2', '8.3', '8.4'], preferred: '8.4' };
const cache = '/tmp/composer';
const install = `COMPOSER_CACHE_DIR=${cache} composer install --no-dev --no-interaction --no-scripts --prefer-dist --optimize-autoloader`;
/** What every build of PHP has. */
const builtIn =
  /^ext-(?:ctype|curl|date|dom|fileinfo|filter|ftp|hash|iconv|json|libxml|mbstring|openssl|pcre|pdo|pdo_sqlite|phar|posix|readline|reflection|session|simplexml|sodium|spl|sqlite3|standard|tokenizer|xml|xmlreader|xmlwriter|zlib)$/i;

export function php(tree: Tree): Draft | undefined {
  const manifest = readJson(tree, 'composer.json');
  const index = firstOf(tree, ['public/index.php', 'index.php', 'web/index.php']);
  if (index === undefined || (manifest === undefined && tree.has('package.json'))) return undefined;
  const source = manifest === undefined ? tree.name(index) : tree.name('composer.json');
  const { version, notes } = versionOf(tree, [composerVersion(manifest, source), toolVersion('php')], versions);
  const laravel = laravelOf(tree, manifest);
  const folder = index.includes('/') ? `/app/${index.split('/')[0] ?? ''}` : '/app';
  const up = lineWith(tree, 'bootstrap/app.php', /^health: ["'](\/[\w/-]{1,60})["']/);
  return {
    language: fact('php', source, 'the file exists'),
    version,
    framework: laravel,
    ...composerFacts(manifest, source),
    start: fact(manifest === undefined ? apacheStart : franken(folder), tree.name(index), 'the file exists'),
    health: up && fact(up.found, tree.name('bootstrap/app.php'), up.line),
    notes: [...notes, ...lockNotes(tree, manifest), ...assetNotes(tree)],
    stages: [manifest === undefined ? pagesStage(version.value, folder) : appStage(tree, manifest, version.value)],
  };
}

function pagesStage(version: string, folder: string): Stage {
  const files: Instruction = { do: 'copy', paths: ['.'], to: './' };
  return {
    name: 'run',
    image: 'php-apache',
    version,
    instructions: [{ do: 'workdir', path: '/app' }, apacheConfig(folder), files],
  };
}

function franken(folder: string): readonly string[] {
  return ['sh', '-c', `exec frankenphp php-server --listen :$PORT --root ${folder}`];
}

function appStage(tree: Tree, manifest: Json, version: string): Stage {
  const isLaravel = laravelOf(tree, manifest) !== undefined;
  return {
    name: 'run',
    image: 'php',
    version,
    instructions: [
      { do: 'workdir', path: '/app' },
      { do: 'env', variables: { XDG_CONFIG_HOME: '/tmp', XDG_DATA_HOME: '/tmp' } },
      extensions(manifest, isLaravel),
      // Its right to bind to port 80 makes the program refuse to start for whoever may not have that right.
      { do: 'run', command: 'setcap -r /usr/local/bin/frankenphp' },
      ...composer(tree),
      ...(isLaravel ? [{ do: 'run', command: 'chmod -R a+rwX storage bootstrap/cache' } as const] : []),
    ],
  };
}

function laravelOf(tree: Tree, manifest: Json): Fact | undefined {
  const wanted = tree.has('artisan') ? textAt(manifest, 'require', 'laravel/framework') : undefined;
  return wanted === undefined
    ? undefined
    : fact('Laravel', tree.name('composer.json'), quoted('laravel/framework', wanted));
}

function composerFacts(manifest: Json, source: string): Partial<Draft> {
  if (manifest === undefined) return {};
  return {
    packageManager: fact('composer', source, 'the file exists'),
    install: fact(install, source, 'the file exists'),
    caches: [fact(cache, source, 'where Composer keeps packages')],
  };
}

function composerVersion(manifest: Json, source: string): Declaration {
  const wanted = textAt(manifest, 'require', 'php');
  return () => (wanted === undefined ? undefined : fact(wanted, source, quoted('php', wanted)));
}

/** Composer unpacks with zip. Which database Laravel talks to, only its environment knows. */
function extensions(manifest: Json, isLaravel: boolean): Instruction {
  const required = keysAt(manifest, 'require').filter(
    (name) => /^ext-[a-z0-9_]{1,40}$/i.test(name) && !builtIn.test(name),
  );
  const wanted = ['zip', ...(isLaravel ? ['pdo_mysql', 'pdo_pgsql'] : []), ...required.map((name) => name.slice(4))];
  return { do: 'run', command: `install-php-extensions ${[...new Set(wanted)].join(' ')}` };
}

function composer(tree: Tree): Instruction[] {
  const files = ['composer.json', 'composer.lock'].filter((file) => tree.has(file));
  return [
    { do: 'copy', from: 'composer', paths: ['/usr/bin/composer'], to: '/usr/local/bin/composer' },
    { do: 'copy', paths: files, to: './' },
    { do: 'run', command: `${install} --no-autoloader`.replace(' --optimize-autoloader', ''), caches: [cache] },
    { do: 'copy', paths: ['.'], to: './' },
    { do: 'run', command: 'composer dump-autoload --no-dev --optimize --no-scripts' },
  ];
}

function lockNotes(tree: Tree, manifest: Json): string[] {
  if (manifest === undefined || tree.has('composer.lock')) return [];
  return [unlocked('composer.lock', 'run "composer update"')];
}

function assetNotes(tree: Tree): string[] {
  return tree.has('package.json')
    ? ['package.json is not built: put the finished assets into the repository, or add a Dockerfile']
    : [];
}
