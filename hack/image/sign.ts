import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { Repository } from '../../src/images/registry/repository.ts';
import { signImage } from '../../src/images/signature/image.ts';
import { privateKeyOf, type SigningKey } from '../../src/images/signature/keys.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { systemClock } from '../../src/seams/system.ts';
import { parseReference } from '../cluster/images/oci/reference.ts';

const deadlineMs = 60_000;

export async function readKey(file: string): Promise<SigningKey> {
  const key = privateKeyOf(await readFile(file, 'utf8'), process.env['COSIGN_PASSWORD']);
  if ('problem' in key) throw new Error(`--sign ${file}: ${key.problem}`);
  return key;
}

export interface Pushed {
  /** `host:port/repository:tag` at a registry without TLS. */
  readonly reference: string;
  readonly digest: string;
}

/** Signs an image of ours with what the operator signs images of users with. Doing it again changes nothing. */
export async function signPushed({ reference, digest }: Pushed, key: SigningKey): Promise<void> {
  const { host, port } = new URL(`http://${reference.split('/')[0] ?? ''}`);
  const addresses = (await lookup(host.replace(/:\d+$/, ''), { all: true })).map(({ address }) => address);
  const exceptions = addresses.map((cidr) => ({ cidr, port: Number(port || 80), http: true }));
  const outbound = createOutbound({ clock: systemClock, resolver: async () => addresses, exceptions });
  try {
    const { repository } = parseReference(reference);
    const signal = AbortSignal.timeout(deadlineMs);
    const place = { host, repository, access: 'push' } as const;
    await signImage(new Repository({ outbound, clock: systemClock, signal, ...place }), digest, key);
  } finally {
    await outbound.close();
  }
}
