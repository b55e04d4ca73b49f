import { expect, it } from 'vitest';
import { aptSettings, aptSources } from './apt.ts';
import { ownCertificates } from './certificates.ts';
import { pipVariables } from './packages.ts';

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;

it('tells a machine’s own certificates from the public ones, once each', () => {
  const bundle = pem('public') + pem('company') + pem('company');

  expect(ownCertificates(bundle, `# comment\n${pem('public')}`)).toEqual([pem('company')]);
});

it('takes over the machine’s Debian archives, turned to the suite of the images', () => {
  const targets = [
    'https://mirror.example/debian/|trixie|main',
    'https://mirror.example/debian/|trixie|contrib',
    'https://mirror.example/debian/|trixie-updates|main',
    'https://mirror.example/debian-security|trixie-security|main',
    'https://other.example/linux/debian/|trixie|stable',
    'https://vendor.example/|trixie|main',
    '',
  ];

  expect(aptSources(targets, 'trixie')).toEqual({
    mirror: 'https://mirror.example/debian/',
    sources: [
      'deb https://mirror.example/debian/ bookworm main',
      'deb https://mirror.example/debian/ bookworm-updates main',
      'deb https://mirror.example/debian-security bookworm-security main',
    ],
  });
});

it('leaves the sources to debootstrap when the machine has no Debian archive', () => {
  expect(aptSources(['https://archive.example/ubuntu/|noble|main'], 'noble')).toEqual({
    mirror: undefined,
    sources: [],
  });
});

it('never copies an address with a password', () => {
  expect(aptSources(['https://user:secret@mirror.example/debian/|bookworm|main'], 'bookworm').sources).toEqual([]);
  expect(aptSettings(['Acquire::http::Proxy "http://user:secret@proxy.example:3128";'])).toEqual([]);
});

it('takes over how the machine reaches its archive and nothing else of apt', () => {
  const dump = [
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::cdrom::mount "/media/cdrom/";',
    'Acquire::http::User-Agent "x";',
  ];

  expect(aptSettings(dump)).toEqual(dump.slice(0, 2));
});

it('takes over the package index that pip was told to use', () => {
  const list = "global.cert='/etc/x.crt'\nglobal.index-url='https://mirror.example/simple'\n:env:.timeout='1'\n";

  expect(pipVariables(list)).toEqual(['PIP_INDEX_URL=https://mirror.example/simple']);
});
