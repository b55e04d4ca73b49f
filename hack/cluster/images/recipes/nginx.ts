import { debian, install } from './debian.ts';
import type { Recipe } from './recipe.ts';

/** The version in Debian 12, kept safe by its security team: no compiling, a few megabytes on the shared base layer. */
const series = '1.22';

/** Debian's package, laid out where Dockerfiles written for the usual image put their pages and settings. */
const arrange = `
rm -rf /etc/nginx/sites-enabled/default /var/www/html
useradd --system --no-create-home --shell /usr/sbin/nologin nginx
sed -i 's/^user .*/user nginx;/' /etc/nginx/nginx.conf
cat > /etc/nginx/conf.d/default.conf <<'END'
server {
    listen 80;
    server_name localhost;
    location / {
        root /usr/share/nginx/html;
        index index.html index.htm;
    }
}
END
rm -f /var/log/nginx/*.log
ln -s /dev/stdout /var/log/nginx/access.log
ln -s /dev/stderr /var/log/nginx/error.log
`;

export const nginx: Recipe = {
  name: 'nginx',
  source: import.meta.filename,
  references: ['library/nginx:stable', `library/nginx:${series}`],
  parent: debian.name,
  madeFrom: 'Debian package nginx-light',
  script: install('nginx-light', arrange),
  version: { command: 'nginx -v 2>&1', expects: `nginx/${series}.` },
  settings: {
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGQUIT',
    Entrypoint: [],
    Cmd: ['nginx', '-g', 'daemon off;'],
  },
};
