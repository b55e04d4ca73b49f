import { buildTools, debian, install } from './debian.ts';
import type { Recipe } from './recipe.ts';

/** The Ruby of Debian 12. */
const series = '3.1';
const packages = 'ca-certificates ruby ruby-bundler';

const common = {
  version: { command: 'ruby --version', expects: `ruby ${series}.` },
  settings: {
    Env: [
      'LANG=C.UTF-8',
      // Where the usual image keeps gems, and where derived images copy them from.
      'GEM_HOME=/usr/local/bundle',
      'BUNDLE_APP_CONFIG=/usr/local/bundle',
      'BUNDLE_SILENCE_ROOT_WARNING=1',
      'PATH=/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ],
    Cmd: ['irb'],
  },
} satisfies Partial<Recipe>;

const bundle = 'mkdir -p /usr/local/bundle && chmod 1777 /usr/local/bundle';

export const rubySlim: Recipe = {
  name: 'ruby-slim',
  source: import.meta.filename,
  references: [`library/ruby:${series}-slim`],
  parent: debian.name,
  madeFrom: `Debian packages ${packages}`,
  script: install(packages, bundle),
  ...common,
};

export const ruby: Recipe = {
  name: 'ruby',
  source: import.meta.filename,
  references: [`library/ruby:${series}`],
  parent: buildTools.name,
  madeFrom: `Debian packages ${packages} ruby-dev`,
  script: install(`${packages} ruby-dev`, bundle),
  ...common,
};
