import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import type { Cluster } from './cluster.ts';
import { identity } from './pki.ts';

const probeTimeoutMs = 2000;

/** Asks an address over HTTP; throws unless the status is one of `accepted`. */
export async function probeHttp(
  url: string,
  accepted: readonly number[] = [200],
  dispatcher = new Agent(),
): Promise<void> {
  await probe(url, dispatcher, accepted);
}

/** Asks an address over TLS, trusting one authority and showing one of the cluster's client certificates. */
export async function probeTls(cluster: Cluster, url: string, client: { name: string; ca: string }): Promise<void> {
  await probe(url, await tlsAgent(cluster, client), [200]);
}

/** Asks the API server for an object, as the administrator. */
export async function probeApi(cluster: Cluster, path: string): Promise<unknown> {
  const url = `https://${cluster.apiAddress}:${cluster.ports.api}${path}`;
  return JSON.parse(await probe(url, await tlsAgent(cluster, { name: 'admin', ca: 'ca' }), [200]));
}

/** A connection pool that trusts one authority and shows one of the cluster's client certificates. */
export async function tlsAgent(cluster: Cluster, client: { name: string; ca: string }): Promise<Agent> {
  const { certificate, key } = identity(cluster.pki, client.name);
  const files = [join(cluster.pki, `${client.ca}.crt`), certificate, key];
  const [ca, cert, privateKey] = await Promise.all(files.map((file) => readFile(file)));
  return new Agent({ connect: { ca, cert, key: privateKey } });
}

/** The body of an accepted answer. */
async function probe(url: string, dispatcher: Agent, accepted: readonly number[]): Promise<string> {
  try {
    const { statusCode, body } = await request(url, { dispatcher, signal: AbortSignal.timeout(probeTimeoutMs) });
    const text = await body.text();
    if (!accepted.includes(statusCode)) throw new Error(`${url} answered ${statusCode}: ${text.slice(0, 300)}`);
    return text;
  } catch (error) {
    throw new Error(`no good answer from ${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    await dispatcher.destroy();
  }
}

/** Node puts the useful text of a failed connection into the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
