import type { ClientChannel } from 'ssh2';
import { hostKeyName, type Outbound, type SshAddress } from '../../outbound/outbound.ts';
import type { Conversation, ConversationRequest } from '../git/conversation.ts';
import { limits } from '../git/host.ts';
import { flush, type Packet, packets } from '../git/pkt-line.ts';
import { sshLogin } from '../login.ts';
import { saidNothing } from './failures.ts';
import { openSession, type Session } from './session.ts';

interface Place extends SshAddress {
  readonly user: string;
  /** In messages. */
  readonly shown: string;
}

/** Both directions on one channel: the host speaks first, and waits for a command where it speaks protocol 2. */
export async function talkOverSsh(
  outbound: Pick<Outbound, 'connect'>,
  { credentials, signal }: ConversationRequest,
  place: Place,
): Promise<Conversation> {
  const key = sshLogin(credentials);
  const { user, shown } = place;
  const connection = await outbound.connect({ url: place.argument, limits, signal });
  try {
    const session = await openSession({ connection, key, user, shown, name: hostKeyName(place) });
    // A host may leave the wish for protocol 2 unheard; it then lists its refs at once.
    const channel = await session.run(`git-upload-pack ${quoted(place.path)}`, { GIT_PROTOCOL: 'version=2' });
    const all = packets(output({ channel, session, shown }));
    return {
      greeting: firstGroup(all),
      command: async (text) => {
        // The flush behind it says that no other command follows.
        channel.end(text + flush);
        return all;
      },
      close: () => connection.close(),
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** For the shell of the host, which everything in single quotes passes as it is. */
function quoted(path: string): string {
  return `'${path.replaceAll(/['!]/g, String.raw`'\$&'`)}'`;
}

interface Source {
  readonly channel: ClientChannel;
  readonly session: Session;
  readonly shown: string;
}

async function* output({ channel, session, shown }: Source): AsyncGenerator<Uint8Array> {
  // Read, because what nobody reads stops the host; not kept, because it is text for people from somebody unknown.
  channel.stderr.resume();
  const ended = new Promise<number | undefined>((resolve) => {
    channel.once('close', (code: unknown) => resolve(typeof code === 'number' ? code : undefined));
  });
  const chunks = channel[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, void>;
  for (let isFirst = true; ; isFirst = false) {
    const next = await Promise.race([chunks.next(), session.broken]);
    if (next.done !== true) yield next.value;
    else if (isFirst) throw saidNothing(shown, await Promise.race([ended, session.broken]));
    else return;
  }
}

async function* firstGroup(all: AsyncIterator<Packet, void>): AsyncGenerator<Packet, void> {
  for (;;) {
    const next = await all.next();
    if (next.done === true) return;
    yield next.value;
    if (next.value === 'flush') return;
  }
}
