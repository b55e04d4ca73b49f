import { expect, it } from 'vitest';
import { failure, useRig } from './test-rig.ts';

const rig = useRig('hostile URLs');

/** Hosts that lead to the victim when nobody stops them. */
const loopback: readonly (readonly [form: string, host: string])[] = [
  ['dotted', '127.0.0.1'],
  ['decimal', '2130706433'],
  ['hexadecimal', '0x7f000001'],
  ['hexadecimal by octet', '0x7f.0x0.0x0.0x1'],
  ['octal', '0177.0.0.1'],
  ['octal in one number', '017700000001'],
  ['short, two parts', '127.1'],
  ['short, three parts', '127.0.1'],
  ['trailing dot', '127.0.0.1.'],
  ['mixed bases', '0x7f.0.01'],
  ['full-width digits', '１２７.０.０.１'],
  ['ideographic full stops', '127。0。0。1'],
  ['percent-encoded', '%31%32%37.0.0.1'],
  ['IPv6 loopback', '[::1]'],
  ['IPv6 loopback in full', '[0:0:0:0:0:0:0:1]'],
  ['IPv4-mapped', '[::ffff:127.0.0.1]'],
  ['IPv4-mapped in hexadecimal', '[::ffff:7f00:1]'],
];

it.each(loopback)('refuses loopback written as %s (%s)', async (_form, host) => {
  const error = await failure(
    rig()
      .client()
      .request({ url: rig().url(host) }),
  );

  expect(error.code).toBe('AddressRefused');
  expect(error.message).toContain('loopback');
});

const elsewhere: readonly (readonly [what: string, host: string, range: string])[] = [
  ['the metadata address of AWS, GCP and Azure', '169.254.169.254', 'metadata service'],
  ['the same as a decimal number', '2852039166', 'metadata service'],
  ['the same mapped into IPv6', '[::ffff:a9fe:a9fe]', 'metadata service'],
  ['the same behind NAT64', '[64:ff9b::169.254.169.254]', 'metadata service'],
  ['credentials of ECS', '169.254.170.2', 'metadata service'],
  ['credentials of EKS', '169.254.170.23', 'metadata service'],
  ['metadata of AWS over IPv6', '[fd00:ec2::254]', 'metadata service'],
  ['metadata of GCP over IPv6', '[fd20:ce::254]', 'metadata service'],
  ['the wire server of Azure', '168.63.129.16', 'metadata service'],
  ['metadata of Alibaba', '100.100.100.200', 'metadata service'],
  ['metadata of Oracle', '192.0.0.192', 'metadata service'],
  ['link-local', '169.254.1.1', 'link-local'],
  ['link-local IPv6', '[fe80::1]', 'link-local'],
  ['the unspecified address', '0.0.0.0', 'unspecified'],
  ['the unspecified address as one digit', '0', 'unspecified'],
  ['the unspecified IPv6 address', '[::]', 'unspecified'],
  ['multicast', '224.0.0.1', 'multicast'],
  ['multicast IPv6', '[ff02::1]', 'multicast'],
  ['broadcast', '255.255.255.255', 'broadcast'],
  ['a private network', '10.0.0.1', 'private network'],
  ['another private network', '192.168.1.1', 'private network'],
  ['carrier-grade NAT', '100.64.0.1', 'private network'],
  ['a unique local IPv6 address', '[fd12:3456::1]', 'private network'],
  ['site-local IPv6', '[fec0::1]', 'private network'],
  ['loopback behind 6to4', '[2002:7f00:1::]', 'embedded address'],
  ['loopback behind Teredo', '[2001:0:0:0:0:0:80ff:fffe]', 'embedded address'],
  ['loopback behind NAT64', '[64:ff9b::7f00:1]', 'loopback'],
  ['a local NAT64 prefix', '[64:ff9b:1::7f00:1]', 'embedded address'],
  ['an IPv4-compatible address', '[::7f00:1]', 'embedded address'],
  ['loopback behind ISATAP', '[2606:4700::5efe:7f00:1]', 'embedded address'],
  ['documentation', '203.0.113.9', 'reserved'],
  ['benchmarking', '198.18.0.1', 'reserved'],
  ['future use', '240.0.0.1', 'reserved'],
  ['unassigned IPv6', '[4000::1]', 'reserved'],
  ['the cluster network', '10.96.0.1', 'cluster network'],
  ['the API server at a public address', '52.1.2.3', 'API server'],
  ['the API server by its name', 'API.Example.com.', 'API server'],
];

it.each(elsewhere)('refuses %s (%s)', async (_what, host, range) => {
  const client = rig().client({ clusterRanges: ['10.96.0.0/12'], apiServers: ['52.1.2.3', 'api.example.com'] });

  rig().names.set('api.example.com', [['1.1.1.1']]);
  const error = await failure(client.request({ url: rig().url(host) }));

  expect(error.code).toBe('AddressRefused');
  expect(error.message).toContain(range);
});

const malformed: readonly (readonly [what: string, url: string, code: string])[] = [
  ['file:', 'file:///etc/passwd', 'SchemeRefused'],
  ['file: with a host', 'file://127.0.0.1/etc/passwd', 'SchemeRefused'],
  ['gopher:', 'gopher://127.0.0.1:6379/_FLUSHALL', 'SchemeRefused'],
  ['data:', 'data:text/plain,hello', 'SchemeRefused'],
  ['ftp:', 'ftp://good.test/', 'SchemeRefused'],
  ['unix sockets', 'unix:///var/run/docker.sock', 'SchemeRefused'],
  ['javascript:', 'javascript:alert(1)', 'SchemeRefused'],
  ['a scheme in front of a scheme', 'view-source:http://127.0.0.1/', 'SchemeRefused'],
  ['no scheme', '//127.0.0.1/', 'InvalidUrl'],
  ['userinfo that looks like the host', 'http://good.test@127.0.0.1/', 'UserinfoRefused'],
  ['a password', 'http://user:secret@good.test/', 'UserinfoRefused'],
  ['a backslash before an @', 'http://good.test\\@127.0.0.1/', 'InvalidUrl'],
  ['a line break inside', 'http://good.test/\r\nHost: 127.0.0.1', 'InvalidUrl'],
  ['a tab inside the host', 'http://127.0.\t0.1/', 'InvalidUrl'],
  ['a leading space', ' http://127.0.0.1/', 'InvalidUrl'],
  ['a null byte', 'http://good.test\u0000.127.0.0.1/', 'InvalidUrl'],
  ['an encoded null byte', 'http://good.test%00.127.0.0.1/', 'InvalidUrl'],
  ['a zone id', 'http://[fe80::1%25lo]/', 'InvalidUrl'],
  ['an address of five parts', 'http://127.0.0.0.1/', 'InvalidUrl'],
  ['an address that overflows', 'http://4294967297/', 'InvalidUrl'],
  ['two trailing dots', 'http://good.test../', 'InvalidUrl'],
  ['a wildcard host', 'http://*.test/', 'InvalidUrl'],
  ['a host like an option', 'http://-oProxyCommand=x/', 'InvalidUrl'],
  ['an empty host', 'http:///', 'InvalidUrl'],
  ['a program that git would run', 'ext::sh -c hit', 'InvalidUrl'],
  ['a program that git would run, without spaces', 'ext::sh', 'SchemeRefused'],
  ["git's own protocol", 'git://good.test/a.git', 'SchemeRefused'],
  ['a path', '/etc/passwd', 'InvalidUrl'],
  ['a very long URL', `http://good.test/${'a'.repeat(9000)}`, 'InvalidUrl'],
  ['SSH', 'http://good.test:22/', 'PortRefused'],
  ['port 0', 'http://good.test:0/', 'PortRefused'],
  ['the kubelet', 'https://good.test:10250/', 'PortRefused'],
  ['Redis', 'http://good.test:6379/', 'PortRefused'],
];

it.each(malformed)('refuses %s', async (_what, url, code) => {
  const client = rig().client();

  const codes = [];
  for (const attempt of [client.request({ url }), client.check(url), client.pinForProgram(url)]) {
    codes.push((await failure(attempt)).code);
  }

  expect(new Set(codes)).toEqual(new Set([code]));
});

it('refuses plain http when configuration does not allow it', async () => {
  const client = rig().client({ allowHttp: false });

  expect((await failure(client.request({ url: rig().url('good.test') }))).code).toBe('SchemeRefused');
});

it('never shows the user name, password, query or an unreadable URL in an error', async () => {
  const client = rig().client();
  const urls = [
    'http://me:secret@good.test/',
    'http://127.0.0.1/a?token=secret#secret',
    'http://secret secret',
    'secret:x',
  ];

  const errors = [];
  for (const url of urls) errors.push(await failure(client.request({ url })));
  errors.push(await failure(client.request({ url: 'http://127.0.0.1/hook/secret', secretPath: true })));

  for (const error of errors) expect(JSON.stringify([error.message, error.stack, error])).not.toContain('secret');
});
