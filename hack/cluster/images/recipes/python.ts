import { buildTools, debian, install } from './debian.ts';
import type { Recipe } from './recipe.ts';

/** The Python of Debian 12. Another version would need to be compiled, and its tag must not be claimed. */
const series = '3.11';

const packages = 'python3 python3-pip python3-venv';
const link = 'ln -s /usr/bin/python3 /usr/local/bin/python';

const common = {
  version: { command: 'python --version', expects: `Python ${series}` },
  settings: {
    Env: [
      // Debian forbids pip outside of virtual environments; in an image the system's Python is the application's.
      'PIP_BREAK_SYSTEM_PACKAGES=1',
      'PIP_ROOT_USER_ACTION=ignore',
      'PIP_CERT=/etc/ssl/certs/ca-certificates.crt',
      'REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt',
      'PYTHONUNBUFFERED=1',
    ],
    Cmd: ['python3'],
  },
} satisfies Partial<Recipe>;

export const pythonSlim: Recipe = {
  name: 'python-slim',
  source: import.meta.filename,
  references: [`library/python:${series}-slim`],
  parent: debian.name,
  madeFrom: `Debian packages ${packages}`,
  script: install(packages, link),
  ...common,
};

export const python: Recipe = {
  name: 'python',
  source: import.meta.filename,
  references: [`library/python:${series}`],
  parent: buildTools.name,
  madeFrom: `Debian packages ${packages} python3-dev`,
  script: install(`${packages} python3-dev`, link),
  ...common,
};
