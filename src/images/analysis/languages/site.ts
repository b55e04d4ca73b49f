import type { Fact } from '../plan/fact.ts';
import { byDefault } from '../plan/fact.ts';
import type { Stage } from '../plan/plan.ts';

export interface Site {
  /** Stage that has the files; absent: the repository. */
  readonly from?: string;
  readonly folder: string;
  /** Unknown paths are answered with index.html, because the page itself knows them. */
  readonly singlePage: boolean;
}

const config = '/etc/nginx/site.conf';

/** A web server that needs no root, writes only to /tmp and listens where PORT says. */
export function siteStage({ from, folder, singlePage }: Site): Stage {
  return {
    name: 'run',
    image: 'nginx',
    version: '',
    instructions: [
      { do: 'write', file: config, lines: nginxConfig(singlePage) },
      { do: 'copy', ...(from !== undefined && { from }), paths: [folder], to: '/site/' },
    ],
  };
}

export const siteStart: Fact<readonly string[]> = byDefault(
  ['sh', '-c', `sed "s/@PORT@/$PORT/" ${config} > /tmp/nginx.conf && exec nginx -c /tmp/nginx.conf -g "daemon off;"`],
  'nginx hands the files out',
);

function nginxConfig(singlePage: boolean): string[] {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    'worker_processes 2;',
    'pid /tmp/nginx.pid;',
    'error_log stderr;',
    'events { worker_connections 1024; }',
    'http {',
    '  include /etc/nginx/mime.types;',
    '  default_type application/octet-stream;',
    '  access_log /dev/stdout;',
    '  sendfile on;',
    '  gzip on;',
    '  gzip_types text/css application/javascript application/json image/svg+xml;',
    ...temporary.map((name) => `  ${name}_temp_path /tmp/nginx-${name};`),
    '  server {',
    '    listen @PORT@;',
    '    root /site;',
    '    absolute_redirect off;',
    '    error_page 404 /404.html;',
    '    location ~ /\\.(?!well-known/) { return 404; }',
    `    location / { try_files $uri $uri/index.html $uri.html ${singlePage ? '/index.html' : '=404'}; }`,
    '  }',
    '}',
  ];
}
