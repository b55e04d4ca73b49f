import { cleanUp } from '../rootfs/debian.ts';
import { versions } from '../versions.ts';
import type { Recipe } from './recipe.ts';

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const debian: Recipe = {
  name: 'debian',
  source: import.meta.filename,
  references: [`library/debian:${versions.suite}-slim`, `library/debian:${versions.suite}`],
  madeFrom: `debootstrap --variant=minbase ${versions.suite}, security fixes, the machine's CA bundle and apt settings`,
  version: {
    command: '. /etc/os-release; echo "$VERSION_CODENAME $(cat /etc/debian_version)"',
    expects: versions.suite,
  },
  settings: { Env: [`PATH=${path}`, 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'], Cmd: ['bash'] },
};

const tools =
  'build-essential pkg-config git openssh-client curl wget unzip xz-utils procps file python3 libssl-dev zlib1g-dev';

/** What native add-ons of npm, pip and Go modules with C code are compiled with. */
export const buildTools: Recipe = {
  name: 'buildpack-deps',
  source: import.meta.filename,
  references: [`library/buildpack-deps:${versions.suite}`],
  parent: debian.name,
  madeFrom: `Debian packages ${tools}`,
  script: install(tools),
  version: { command: 'gcc --version | head -1', expects: 'gcc' },
  settings: {},
};

/** A script that installs packages and leaves no trace of the installing. */
export function install(packages: string, then = ''): string {
  return `apt-get update -qq\napt-get install -y -qq ${packages}\n${then}\n${cleanUp}`;
}
