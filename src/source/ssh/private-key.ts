const longest = 16 * 1024;
const frame = /^-----BEGIN (OPENSSH|RSA|EC) PRIVATE KEY-----\n([\s\S]*)\n-----END \1 PRIVATE KEY-----$/;

/** What is wrong with the text of a private key, as advice that never repeats any of it; undefined when nothing is. */
export function keyProblem(key: string): string | undefined {
  const [, kind, body = ''] = key.length <= longest ? (frame.exec(key) ?? []) : [];
  if (kind === undefined) return 'is no private key of OpenSSH; make one with "ssh-keygen -t ed25519 -N \'\'"';
  const locked = kind === 'OPENSSH' ? cipherOf(body) !== 'none' : /ENCRYPTED/.test(body);
  if (!locked) return undefined;
  return 'has a passphrase, which nobody is there to type; make a key for this repository alone with "ssh-keygen -t ed25519 -N \'\'"';
}

const magic = 'openssh-key-v1\0';

/** Behind the magic words stands the name of the cipher, with its length in front. */
function cipherOf(body: string): string | undefined {
  const bytes = Buffer.from(body, 'base64');
  if (!bytes.toString('latin1').startsWith(magic) || bytes.length < magic.length + 4) return undefined;
  const start = magic.length + 4;
  return bytes.toString('latin1', start, start + bytes.readUInt32BE(magic.length));
}
