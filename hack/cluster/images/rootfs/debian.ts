import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Machine } from '../machine/machine.ts';
import { versions } from '../versions.ts';
import { runApart, runInside } from './inside.ts';

/** Removes what differs from one making to the next, or would only be dead weight. Every script ends with it. */
export const cleanUp = `
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache
rm -rf /var/lib/dpkg/*-old /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /root/.cache /tmp/* /var/tmp/*
find /var/log -type f -delete
`;

const upgrade = `
apt-get update -qq
apt-get upgrade -y -qq
rm -rf /usr/share/man/* /usr/share/info/* /usr/share/groff/* /usr/share/lintian/*
find /usr/share/locale -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +
find /usr/share/doc -depth -type f ! -name copyright -delete
find /usr/share/doc -depth -mindepth 1 -type d -empty -delete
find /usr/share/doc -xtype l -delete
: > /etc/machine-id
${cleanUp}`;

/** Debian's smallest set of packages with its security fixes, told how this machine reaches its package sources. */
export async function makeDebian(root: string, machine: Machine): Promise<void> {
  const mirror = machine.apt.mirror ? [machine.apt.mirror] : [];
  await runApart(['debootstrap', '--variant=minbase', versions.suite, root, ...mirror]);
  for (const [path, content, mode] of filesOf(machine)) await put(join(root, path), content, mode);
  await runInside({ root, script: upgrade });
}

type File = [path: string, content: string, mode?: number];

function filesOf({ certificates, apt }: Machine): File[] {
  const own = certificates.own.map((pem, at): File => [`usr/local/share/ca-certificates/machine-${at + 1}.crt`, pem]);
  const sources: File[] = apt.sources.length > 0 ? [['etc/apt/sources.list', lines(apt.sources)]] : [];
  return [
    ['etc/ssl/certs/ca-certificates.crt', certificates.bundle],
    ...own,
    ...sources,
    ['etc/apt/apt.conf.d/80machine', lines(apt.settings)],
    ['etc/apt/apt.conf.d/90image', lines(aptInImages)],
    ['etc/dpkg/dpkg.cfg.d/90image', lines(dpkgInImages)],
    ['usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', 0o755],
    // Empty: a container engine, and the namespace that scripts run in, mount the real ones over them.
    ['etc/resolv.conf', ''],
    ['etc/hosts', ''],
    ['etc/hostname', ''],
  ];
}

const aptInImages = ['Acquire::Languages "none";', 'Acquire::GzipIndexes "true";', 'APT::Install-Recommends "false";'];

const dpkgInImages = [
  'force-unsafe-io',
  ...['doc', 'man', 'info', 'locale', 'groff', 'lintian'].map((name) => `path-exclude=/usr/share/${name}/*`),
  'path-include=/usr/share/doc/*/copyright',
  'path-include=/usr/share/locale/locale.alias',
];

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}

async function put(file: string, content: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content, { mode });
}
