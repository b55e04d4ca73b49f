import type { Check } from '../../crds/check/check.ts';
import type { Outbound } from '../../outbound/outbound.ts';
import type { Call } from '../call.ts';
import type { Reading, Subject } from '../measure.ts';
import { measureHttp } from './http.ts';

/** A replica of the release that is measured, and the way to it; for one request. */
export interface Replica {
  readonly address: string;
  readonly port: number;
  readonly outbound: Pick<Outbound, 'request' | 'stream' | 'close'>;
}

/** One that can be asked now; or what it means that there is none. */
export type ReachRelease = (subject: Subject) => Replica | Reading;

type Settings = Omit<NonNullable<Check['http']>, 'path' | 'url'> & { readonly path: string };

/**
 * Asks the release itself. A redirect is its answer and is not followed: it could lead to whatever else the way to replicas
 * leads to.
 */
export async function measurePath(
  { path, ...settings }: Settings,
  replica: Replica | Reading,
  call: Call,
): Promise<Reading> {
  if ('verdict' in replica) return replica;
  const { address, port, outbound } = replica;
  const host = address.includes(':') ? `[${address}]` : address;
  const asked = { ...settings, url: `http://${host}:${port}${path}`, takesRedirect: true };
  try {
    return await measureHttp(asked, { ...call, outbound });
  } finally {
    await outbound.close();
  }
}
