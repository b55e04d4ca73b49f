import { type Outbound, OutboundError, type OutboundRequest, type OutboundStream } from '../../outbound/outbound.ts';
import { parseChallenge } from './challenge.ts';
import { RegistryError } from './errors.ts';
import type { Login } from './login.ts';
import { describe, problemOf } from './problems.ts';

/** What a login is for. Who may delete may push, too. */
export type Access = 'pull' | 'push' | 'delete';

export interface CallsOptions {
  readonly outbound: Outbound;
  readonly login: Login;
  readonly host: string;
  /** What the calls are for; decides which reason a refusal has. */
  readonly access: Access;
  readonly signal: AbortSignal;
}

export interface Call extends Omit<OutboundRequest, 'url' | 'signal'> {
  /** Below the registry's address, or a whole address that it gave us. */
  readonly path: string;
  /** Which answers are no error. */
  readonly accepts: readonly number[];
  /** What the call is about, for messages. */
  readonly what: string;
}

/** The requests to one registry with one login: finds out whether it speaks https, logs in when asked to. */
export class Calls {
  private readonly options: CallsOptions;
  private scheme: 'https' | 'http' | undefined;

  constructor(options: CallsOptions) {
    this.options = options;
  }

  /** Rejects with a RegistryError, or with the reason of the signal. The caller reads or cancels the body. */
  async send(call: Call): Promise<OutboundStream> {
    try {
      const answer = await this.answered(call);
      return { ...answer, body: this.read(answer.body) };
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** As `send`, for answers of which only status and headers count. */
  async sendOnly(call: Call): Promise<Pick<OutboundStream, 'status' | 'headers' | 'url'>> {
    const answer = await this.send(call);
    await drain(answer);
    return answer;
  }

  /** A registry that sends an upload elsewhere would get our content at an address that nobody chose. */
  ownAddress(location: string | undefined): URL | undefined {
    const base = new URL(this.base());
    const url = URL.parse(location ?? '', base.href);
    // A registry behind a proxy often does not know that it is asked over https.
    if (url) url.protocol = base.protocol;
    return location !== undefined && url?.origin === base.origin ? url : undefined;
  }

  private async *read(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      throw this.explained(error);
    }
  }

  private explained(error: unknown): unknown {
    const { signal, access } = this.options;
    if (signal.aborted) return signal.reason;
    if (!(error instanceof OutboundError)) return error;
    const passing = error.retry || error.code === 'TlsFailed';
    return new RegistryError(passing ? 'RegistryUnreachable' : refused[access], error.message);
  }

  private base(): string {
    return `${this.scheme ?? 'https'}://${this.options.host}`;
  }

  private async answered(call: Call): Promise<OutboundStream> {
    let answer = await this.attempt(call);
    if (answer.status === 401 && (await this.loggedIn(answer))) answer = await this.attempt(call);
    if (call.accepts.includes(answer.status)) return answer;
    const { access, host } = this.options;
    throw problemOf(access, { host, what: call.what, ...(await describe(answer)) });
  }

  private async loggedIn(answer: OutboundStream): Promise<boolean> {
    const challenge = parseChallenge(answer.headers.get('www-authenticate'));
    const { login, signal } = this.options;
    const willing = await login.answer(challenge, this.scheme === 'http', signal);
    if (willing) answer.cancel();
    return willing;
  }

  private async attempt(call: Call): Promise<OutboundStream> {
    const { scheme } = this;
    try {
      const answer = await this.request(call);
      this.scheme ??= 'https';
      return answer;
    } catch (error) {
      if (scheme !== undefined || !hasNoTls(error) || !(await this.mayGoPlain())) throw error;
      this.scheme = 'http';
      return this.request(call);
    }
  }

  /** Plain http is only for a registry that has no TLS at all, where the operator's configuration allows it. */
  private mayGoPlain(): Promise<boolean> {
    return this.options.outbound.check(`http://${this.options.host}/v2/`).then(
      () => true,
      () => false,
    );
  }

  private request({ path, method, headers, body, limits }: Call): Promise<OutboundStream> {
    const { outbound, login, signal } = this.options;
    const { authorization } = login;
    const url = path.startsWith('/') ? `${this.base()}${path}` : path;
    return outbound.stream({
      url,
      ...(method && { method }),
      headers: { ...headers, ...(authorization && { authorization }) },
      ...(body !== undefined && { body }),
      ...(limits && { limits }),
      signal,
    });
  }
}

const refused = { pull: 'SourceRefused', push: 'PushDenied', delete: 'PushDenied' } as const;

function hasNoTls(error: unknown): boolean {
  return error instanceof OutboundError && error.code === 'TlsFailed' && error.message.includes('ERR_SSL_');
}

async function drain({ body }: OutboundStream): Promise<void> {
  for await (const _ of body);
}
