import type { Outbound, OutboundStream } from '../../outbound/outbound.ts';
import { SourceError } from '../errors.ts';
import { httpLogin } from '../login.ts';
import type { Conversation, ConversationRequest } from './conversation.ts';
import { ask } from './host.ts';
import { packets } from './pkt-line.ts';
import type { RepositoryAddress } from './repository.ts';

const service = 'git-upload-pack';

/** Two small requests. By hand, because the library for it collects every answer whole and brings its own client. */
export async function talkOverHttp(
  outbound: Outbound,
  { credentials, signal }: ConversationRequest,
  { url }: RepositoryAddress,
): Promise<Conversation> {
  const login = httpLogin(credentials);
  const answers: OutboundStream[] = [];
  const asked = async (request: Omit<Parameters<typeof ask>[1], 'signal'>) => {
    const answer = await ask(outbound, { ...request, signal }, url);
    answers.push(answer);
    return answer;
  };
  const type = `application/x-${service}-advertisement`;
  const first = await asked({ url: `${url}/info/refs?service=${service}`, credentials: login, type });
  return {
    greeting: packets(first.body),
    command: async (body) => {
      const base = baseOf(first.url, url);
      const answer = await asked({
        url: `${base}/${service}`,
        body,
        // Another host must not see what is meant for this one.
        credentials: new URL(base).origin === new URL(url).origin ? login : undefined,
        type: `application/x-${service}-result`,
      });
      return packets(answer.body);
    },
    close: () => answers.forEach((answer) => answer.cancel()),
  };
}

/** Where the first request ended up. */
function baseOf(at: string, url: string): string {
  const base = /^([^?#]*)\/info\/refs(?:[?#].*)?$/.exec(at)?.[1];
  if (base !== undefined) return base;
  throw new SourceError('SourceRefused', `${url} redirects to what is no repository; write the final address`);
}
