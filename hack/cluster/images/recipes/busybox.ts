import { debian, install } from './debian.ts';
import type { Recipe } from './recipe.ts';

/** The version in Debian 12. */
const series = '1.35';

/** A tree of its own: one static program, a link for each of its names, and the files that programs look for. */
const collect = `
mkdir -p /out/bin /out/etc/ssl/certs /out/usr/bin /out/root /out/home /out/tmp /out/var/tmp /out/proc /out/sys /out/dev
chmod 1777 /out/tmp /out/var/tmp
chmod 700 /out/root
cp /bin/busybox /out/bin/busybox
for name in $(busybox --list); do [ "$name" = busybox ] || ln -s busybox "/out/bin/$name"; done
ln -s ../../bin/env /out/usr/bin/env
cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/
printf 'root:x:0:0:root:/root:/bin/sh\\nnobody:x:65534:65534:nobody:/home:/bin/false\\n' > /out/etc/passwd
printf 'root:x:0:\\nnogroup:x:65534:\\n' > /out/etc/group
`;

export const busybox: Recipe = {
  name: 'busybox',
  source: import.meta.filename,
  references: ['library/busybox:latest', `library/busybox:${series}`],
  parent: debian.name,
  madeFrom: 'Debian package busybox-static',
  script: install('busybox-static', collect),
  version: { command: '/out/bin/busybox | head -1', expects: `v${series}` },
  onlyFolder: 'out',
  settings: {
    Env: ['PATH=/bin:/usr/bin', 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'],
    Cmd: ['sh'],
  },
};
