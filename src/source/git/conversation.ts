import type { GitCredentials } from '../credentials.ts';
import type { Packet } from './pkt-line.ts';

export interface ConversationRequest {
  readonly credentials?: GitCredentials | undefined;
  readonly signal: AbortSignal;
}

/** git's protocol with one host about one repository, over whatever carries it. */
export interface Conversation {
  /** What the host says first. Ends with the first group of refs or abilities, so that reading to the end waits for nothing. */
  readonly greeting: AsyncIterator<Packet, void>;
  /** Sends the one command of protocol 2; its answer. */
  command(text: string): Promise<AsyncIterator<Packet, void>>;
  /** Always needed. */
  close(): void;
}
