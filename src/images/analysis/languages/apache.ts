import type { Instruction } from '../plan/plan.ts';

const config = '/etc/apache2/site.conf';

export const apacheStart = ['apache2', '-f', config, '-DFOREGROUND'] as const;

/** For pages in PHP alone, which expect the server that they are usually put on, its .htaccess included. It needs no root. */
export function apacheConfig(folder: string): Instruction {
  return {
    do: 'write',
    file: config,
    lines: [
      'ServerRoot /etc/apache2',
      'ServerName localhost',
      'DefaultRuntimeDir /tmp',
      'PidFile /tmp/apache2.pid',
      'Mutex file:/tmp default',
      `Listen \${PORT}`,
      'ErrorLog /dev/stderr',
      'TransferLog /dev/stdout',
      'IncludeOptional mods-enabled/*.load',
      'IncludeOptional mods-enabled/*.conf',
      'IncludeOptional conf-enabled/*php*.conf',
      'ServerTokens Prod',
      `DocumentRoot ${folder}`,
      `<Directory ${folder}>`,
      '  Options FollowSymLinks',
      '  AllowOverride All',
      '  Require all granted',
      '</Directory>',
      '<LocationMatch "/\\.(?!well-known/)">',
      '  Require all denied',
      '</LocationMatch>',
    ],
  };
}
