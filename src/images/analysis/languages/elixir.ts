import { type Declaration, toolVersion, versionFile, versionOf } from '../plan/declared.ts';
import { fact } from '../plan/fact.ts';
import type { Draft } from '../plan/plan.ts';
import { lineWith } from '../read/lines.ts';
import { AnalysisError, type Tree } from '../tree/tree.ts';

const versions = { known: ['1.16', '1.17', '1.18'], preferred: '1.18' };
const cache = '/root/.hex/packages';

export function elixir(tree: Tree): Draft | undefined {
  if (!tree.has('mix.exs')) return undefined;
  const source = tree.name('mix.exs');
  const { version, notes } = versionOf(
    tree,
    [versionFile('.elixir-version'), shortened(toolVersion('elixir')), mixVersion],
    versions,
  );
  const app = lineWith(tree, 'mix.exs', /\bapp: :([a-z][a-z0-9_]{0,60})\b/);
  if (app === undefined) throw new AnalysisError(`${source} names no app; add "app: :name" to its project`);
  const phoenix = lineWith(tree, 'mix.exs', /\{:phoenix, /);
  const assets = lineWith(tree, 'mix.exs', /"(assets\.deploy)":/);
  const install = 'mix deps.get --only prod';
  const build = `${assets === undefined ? '' : 'mix assets.deploy && '}mix release --path /out`;
  return {
    language: fact('elixir', source, 'the file exists'),
    version,
    framework: phoenix && fact('Phoenix', source, phoenix.line),
    packageManager: fact('mix', source, 'the file exists'),
    install: fact(install, source, 'the file exists'),
    build: fact(build, source, assets?.line ?? app.line),
    start: fact([`/app/bin/${app.found}`, 'start'], source, app.line),
    caches: [fact(cache, source, 'where Hex keeps packages')],
    notes,
    stages: [
      {
        name: 'build',
        image: 'elixir',
        version: version.value,
        instructions: [
          { do: 'workdir', path: '/src' },
          { do: 'env', variables: { MIX_ENV: 'prod' } },
          { do: 'run', command: 'mix local.hex --force && mix local.rebar --force' },
          { do: 'copy', paths: ['mix.exs', ...(tree.has('mix.lock') ? ['mix.lock'] : [])], to: './' },
          { do: 'run', command: install, caches: [cache] },
          { do: 'copy', paths: ['.'], to: './' },
          { do: 'run', command: build },
        ],
      },
      {
        name: 'run',
        // A release has the virtual machine in it, but not the libraries that it was linked to.
        image: 'elixir-slim',
        version: version.value,
        instructions: [
          { do: 'workdir', path: '/app' },
          { do: 'env', variables: { PHX_SERVER: 'true', RELEASE_TMP: '/tmp' } },
          { do: 'copy', from: 'build', paths: ['/out/'], to: '/app/' },
        ],
      },
    ],
  };
}

/** `1.18.1-otp-27` */
function shortened(declaration: Declaration): Declaration {
  return (tree) => {
    const found = declaration(tree);
    return found && { ...found, value: found.value.replace(/-otp-\d+$/, '') };
  };
}

const mixVersion: Declaration = (tree) => {
  const found = lineWith(tree, 'mix.exs', /\belixir: "([^"]{1,40})"/);
  return found && fact(found.found, tree.name('mix.exs'), found.line);
};
