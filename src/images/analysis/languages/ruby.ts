import { type Declaration, toolVersion, versionFile, versionOf } from '../plan/declared.ts';
import { type Fact, fact } from '../plan/fact.ts';
import { libraries } from '../plan/libraries.ts';
import type { Draft, Stage } from '../plan/plan.ts';
import { unlocked } from '../plan/unlocked.ts';
import { lineWith } from '../read/lines.ts';
import { AnalysisError, firstOf, type Tree } from '../tree/tree.ts';

const versions = { known: ['3.2', '3.3', '3.4'], preferred: '3.4' };
const cache = '/usr/local/bundle/cache';
const install = 'bundle install';

export function ruby(tree: Tree): Draft | undefined {
  if (!tree.has('Gemfile')) return undefined;
  const source = tree.name('Gemfile');
  const { version, notes } = versionOf(
    tree,
    [versionFile('.ruby-version', 'ruby-'), gemfileVersion, toolVersion('ruby')],
    versions,
  );
  const rails = tree.has('config/application.rb') ? lineWith(tree, 'Gemfile', /^gem ["']rails["']/) : undefined;
  const assets = rails && lineWith(tree, 'Gemfile', /^gem ["'](?:propshaft|sprockets-rails)["']/);
  const build = assets && fact('SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile', source, assets.line);
  return {
    language: fact('ruby', source, 'the file exists'),
    version,
    framework: frameworkOf(tree, rails?.line),
    packageManager: fact('bundler', source, 'the file exists'),
    install: fact(install, source, 'the file exists'),
    build,
    start: startOf(tree, rails !== undefined),
    health: railsHealth(tree),
    caches: [fact(cache, source, 'where Bundler keeps gems')],
    notes: [...notes, ...(tree.has('Gemfile.lock') ? [] : [unlocked('Gemfile.lock', 'run "bundle lock"')])],
    stages: stagesOf(tree, version.value, build),
  };
}

function stagesOf(tree: Tree, version: string, build: Fact | undefined): Stage[] {
  return [
    {
      name: 'build',
      image: 'ruby',
      version: version,
      instructions: [
        { do: 'workdir', path: '/app' },
        { do: 'env', variables: { BUNDLE_WITHOUT: 'development:test', RAILS_ENV: 'production' } },
        {
          do: 'copy',
          paths: ['Gemfile', ...['Gemfile.lock', '.ruby-version'].filter((file) => tree.has(file))],
          to: './',
        },
        { do: 'run', command: install, caches: [cache] },
        { do: 'copy', paths: ['.'], to: './' },
        ...(build ? [{ do: 'run', command: build.value } as const] : []),
        // The user that it runs as owns none of it, and these are written to.
        { do: 'run', command: 'mkdir -p tmp log storage && chmod -R a+rwX tmp log storage' },
      ],
    },
    {
      name: 'run',
      image: 'ruby-slim',
      version: version,
      instructions: [
        { do: 'workdir', path: '/app' },
        {
          do: 'env',
          variables: {
            BUNDLE_WITHOUT: 'development:test',
            RAILS_ENV: 'production',
            RACK_ENV: 'production',
            RAILS_LOG_TO_STDOUT: '1',
          },
        },
        ...libraries(linkedTo(tree)),
        { do: 'copy', from: 'build', paths: ['/usr/local/bundle/'], to: '/usr/local/bundle/' },
        { do: 'copy', from: 'build', paths: ['/app/'], to: '/app/' },
      ],
    },
  ];
}

const linked: Readonly<Record<string, string>> = { pg: 'libpq5', mysql2: 'libmariadb3' };

function linkedTo(tree: Tree): string[] {
  return Object.entries(linked).flatMap(([gem, library]) =>
    lineWith(tree, 'Gemfile', new RegExp(`^gem ["']${gem}["']`)) === undefined ? [] : [library],
  );
}

const gemfileVersion: Declaration = (tree) => {
  const found = lineWith(tree, 'Gemfile', /^ruby ["']([^"']{1,40})["']/);
  return found && fact(found.found, tree.name('Gemfile'), found.line);
};

function frameworkOf(tree: Tree, rails: string | undefined): Fact | undefined {
  if (rails !== undefined) return fact('Rails', tree.name('Gemfile'), rails);
  const sinatra = lineWith(tree, 'Gemfile', /^gem ["']sinatra["']/);
  return sinatra && fact('Sinatra', tree.name('Gemfile'), sinatra.line);
}

function startOf(tree: Tree, isRails: boolean): Fact<readonly string[]> {
  if (isRails) {
    const server = 'exec bundle exec rails server -b 0.0.0.0 -p $PORT';
    return fact(['sh', '-c', server], tree.name('config/application.rb'), 'the file exists');
  }
  if (tree.has('config.ru')) {
    const server = tree.has('config/puma.rb') ? 'exec bundle exec puma' : 'exec bundle exec rackup -o 0.0.0.0 -p $PORT';
    return fact(['sh', '-c', server], tree.name('config.ru'), 'the file exists');
  }
  const file = firstOf(tree, ['server.rb', 'app.rb', 'main.rb']);
  if (file === undefined)
    throw new AnalysisError(
      `${tree.name('Gemfile')} is there, but no config.ru, server.rb, app.rb or main.rb to start; add one`,
    );
  return fact(['bundle', 'exec', 'ruby', file], tree.name(file), 'the file exists');
}

function railsHealth(tree: Tree): Fact | undefined {
  const route = lineWith(tree, 'config/routes.rb', /^get ["'](up)["'] => ["']rails\/health#show["']/);
  return route && fact('/up', tree.name('config/routes.rb'), route.line);
}
