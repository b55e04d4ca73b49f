import { debian, install } from './debian.ts';
import type { Recipe } from './recipe.ts';

/** The PHP of Debian 12, as a module of its Apache. */
const series = '8.2';
const packages = `ca-certificates apache2 libapache2-mod-php${series} php${series}-mbstring php${series}-curl php${series}-xml php${series}-sqlite3`;

/** What the usual image has in its place: pages in /var/www/html, logs on the outputs of the container. */
const arrange = `
rm -f /var/www/html/index.html /var/log/apache2/*.log
printf '#!/bin/sh\\nset -e\\n. /etc/apache2/envvars\\nexec apache2 -DFOREGROUND "$@"\\n' > /usr/local/bin/apache2-foreground
chmod 755 /usr/local/bin/apache2-foreground
ln -sf /dev/stdout /var/log/apache2/access.log
ln -sf /dev/stderr /var/log/apache2/error.log
a2enmod -q rewrite
`;

export const php: Recipe = {
  name: 'php-apache',
  source: import.meta.filename,
  references: [`library/php:${series}-apache`],
  parent: debian.name,
  madeFrom: `Debian packages ${packages}`,
  script: install(`${packages} php${series}-cli`, arrange),
  version: { command: 'php --version', expects: `PHP ${series}.` },
  settings: {
    Env: ['APACHE_CONFDIR=/etc/apache2', 'APACHE_ENVVARS=/etc/apache2/envvars'],
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGWINCH',
    WorkingDir: '/var/www/html',
    Cmd: ['apache2-foreground'],
  },
};
