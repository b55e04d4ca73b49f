import type { Outbound } from '../outbound/outbound.ts';
import { OutboundError } from '../outbound/outbound.ts';
import type { GitCredentials } from './credentials.ts';
import { SourceError } from './errors.ts';
import { type AdvertisedRef, listedRefs, readAdvertisement } from './git/advertisement.ts';
import { ask, fromOutbound } from './git/host.ts';
import { delimiter, flush, MalformedAnswer, packet, packets } from './git/pkt-line.ts';
import { type RepositoryAddress, repositoryAddress } from './git/repository.ts';

/** What to follow; exactly one is set, as in the spec. */
export interface Ref {
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
  readonly commit?: string | undefined;
}

export interface RefRequest {
  readonly url: string;
  readonly ref: Ref;
  readonly credentials?: GitCredentials | undefined;
  readonly signal: AbortSignal;
}

export interface Resolved {
  readonly commit: string;
  /** Identity of the repository: its address in one form. */
  readonly repositoryId: string;
}

const service = 'git-upload-pack';

/**
 * Asks a git host what a ref points to, with two small requests and no program. A commit is taken as it is once the
 * repository answers: whether it is in there shows when it is fetched. Rejects with a SourceError, or with the signal's
 * reason. By hand, because the library for it collects every answer whole, however large, and brings its own client.
 */
export async function resolveRef(outbound: Outbound, request: RefRequest): Promise<Resolved> {
  const address = repositoryAddress(request.url);
  try {
    return { commit: await commitOf(outbound, request, address), repositoryId: address.id };
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason;
    if (error instanceof OutboundError) throw fromOutbound(error);
    if (!(error instanceof MalformedAnswer)) throw error;
    const message = `${address.url}: the git host's answer cannot be used (${error.message}); check that the host is well`;
    throw new SourceError('SourceUnreachable', message, { cause: error });
  }
}

async function commitOf(outbound: Outbound, request: RefRequest, { url }: RepositoryAddress): Promise<string> {
  const { ref, credentials, signal } = request;
  const type = `application/x-${service}-advertisement`;
  const asked = `${url}/info/refs?service=${service}`;
  const answer = await ask(outbound, { url: asked, credentials, signal, type }, url);
  try {
    const advertised = await readAdvertisement(packets(answer.body));
    if (ref.commit !== undefined) return ref.commit;
    const name = fullName(ref);
    const refs =
      advertised.version === 1
        ? advertised.refs
        : lsRefs(outbound, request, { url, at: answer.url, name, objectFormat: advertised.objectFormat });
    return (await pointee(refs, name)) ?? missing(url, ref);
  } finally {
    answer.cancel();
  }
}

interface Command {
  readonly url: string;
  /** Where the first request ended up. */
  readonly at: string;
  readonly name: string;
  readonly objectFormat: string | undefined;
}

async function* lsRefs(
  outbound: Outbound,
  { credentials, signal }: RefRequest,
  { url, at, name, objectFormat }: Command,
): AsyncGenerator<AdvertisedRef> {
  const base = /^([^?#]*)\/info\/refs(?:[?#].*)?$/.exec(at)?.[1];
  if (base === undefined) {
    throw new SourceError('SourceRefused', `${url} redirects to what is no repository; write the final address`);
  }
  const format = objectFormat === undefined ? [] : [packet(`object-format=${objectFormat}`)];
  const request = {
    url: `${base}/${service}`,
    body: [packet('command=ls-refs'), ...format, delimiter, packet('peel'), packet(`ref-prefix ${name}`), flush].join(
      '',
    ),
    // Another host must not see what is meant for this one.
    credentials: new URL(base).origin === new URL(url).origin ? credentials : undefined,
    signal,
    type: `application/x-${service}-result`,
  };
  const answer = await ask(outbound, request, url);
  try {
    yield* listedRefs(packets(answer.body));
  } finally {
    answer.cancel();
  }
}

/** Reads to the end: only a complete list can say that there is no such ref. */
async function pointee(refs: AsyncIterable<AdvertisedRef>, name: string): Promise<string | undefined> {
  let found: string | undefined;
  for await (const ref of refs) {
    if (ref.name === name) found = ref.peeled ?? ref.id;
    else if (ref.name === `${name}^{}`) found = ref.id;
  }
  return found;
}

function fullName({ branch, tag }: Ref): string {
  const name = branch === undefined ? `refs/tags/${tag}` : `refs/heads/${branch}`;
  if (/^[!-~]+$/.test(name)) return name;
  throw new SourceError(
    'SourceRefused',
    'the name of the branch or tag holds characters that are not allowed; rename it',
  );
}

function missing(url: string, { branch, tag }: Ref): never {
  const what = branch === undefined ? `tag "${tag}"` : `branch "${branch}"`;
  throw new SourceError('SourceNotFound', `${url} has no ${what}; push it, or correct the name`);
}
