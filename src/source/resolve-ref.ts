import type { Outbound } from '../outbound/outbound.ts';
import { OutboundError } from '../outbound/outbound.ts';
import type { GitCredentials } from './credentials.ts';
import { SourceError } from './errors.ts';
import { listedRefs, readAdvertisement } from './git/advertisement.ts';
import type { Conversation } from './git/conversation.ts';
import { fromOutbound } from './git/host.ts';
import { talkOverHttp } from './git/over-http.ts';
import { delimiter, flush, MalformedAnswer, packet } from './git/pkt-line.ts';
import { type RepositoryAddress, repositoryAddress } from './git/repository.ts';
import { fullName, missing, pointee, type Ref } from './git/wanted.ts';

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

/**
 * Asks a git host what a ref points to, without a program. A commit is taken as it is once the repository answers: whether
 * it is in there shows when it is fetched. Rejects with a SourceError, or with the signal's reason.
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

async function commitOf(outbound: Outbound, request: RefRequest, address: RepositoryAddress): Promise<string> {
  const { ref } = request;
  const conversation = await talk(outbound, request, address);
  try {
    const advertised = await readAdvertisement(conversation.greeting);
    if (ref.commit !== undefined) return ref.commit;
    const name = fullName(ref);
    const refs =
      advertised.version === 1
        ? advertised.refs
        : listedRefs(await conversation.command(lsRefs(name, advertised.objectFormat)));
    return (await pointee(refs, name)) ?? missing(address.url, ref);
  } finally {
    conversation.close();
  }
}

async function talk(outbound: Outbound, request: RefRequest, address: RepositoryAddress): Promise<Conversation> {
  if (address.ssh === undefined) return talkOverHttp(outbound, request, address);
  // An operator that follows nothing over ssh does not load what speaks it.
  const { talkOverSsh } = await import('./ssh/over-ssh.ts');
  return talkOverSsh(outbound, request, { ...address.ssh, shown: address.url });
}

function lsRefs(name: string, objectFormat: string | undefined): string {
  const format = objectFormat === undefined ? [] : [packet(`object-format=${objectFormat}`)];
  return [packet('command=ls-refs'), ...format, delimiter, packet('peel'), packet(`ref-prefix ${name}`), flush].join(
    '',
  );
}
