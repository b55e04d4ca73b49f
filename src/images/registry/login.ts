import { z } from 'zod';
import type { Outbound } from '../../outbound/outbound.ts';
import type { Clock } from '../../seams/clock.ts';
import type { Challenge } from './challenge.ts';
import type { RegistryCredentials } from './credentials.ts';

export interface LoginOptions {
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly credentials: RegistryCredentials | undefined;
  /** What the token must allow, as `repository:acme/shop:pull,push`. */
  readonly scopes: readonly string[];
}

const tokenAnswer = z.object({
  token: z.string().max(65_536).optional(),
  access_token: z.string().max(65_536).optional(),
  expires_in: z.number().min(0).max(86_400).optional(),
});

/** What a token lives when its service does not say; the specification's number. */
const defaultLifeS = 60;
/** Renewed this long before its end: a request takes time. */
const marginMs = 10_000;
const clientId = 'vish';

/** Knows the authorization header for the requests of one repository and one login. */
export class Login {
  private readonly options: LoginOptions;
  private header: { readonly value: string; readonly until: number } | undefined;

  constructor(options: LoginOptions) {
    this.options = options;
  }

  /** Undefined before the registry asked for it, and when it is about to end. */
  get authorization(): string | undefined {
    const { header } = this;
    return header && header.until > this.options.clock.monotonic() ? header.value : undefined;
  }

  /** Does what a registry asks for; false when it cannot be done. Rejects with an OutboundError. */
  async answer(challenge: Challenge | undefined, plainHttp: boolean, signal: AbortSignal): Promise<boolean> {
    const { credentials } = this.options;
    this.header = undefined;
    if (challenge === undefined) return false;
    if (credentials && 'registryToken' in credentials) return this.use(`Bearer ${credentials.registryToken}`);
    if (challenge.scheme === 'basic') {
      return credentials !== undefined && 'username' in credentials && this.use(basic(credentials));
    }
    // A password must not leave in the open because a registry, or someone in between, names such a place for it.
    if (!plainHttp && !/^https:/i.test(challenge.realm)) return false;
    return this.fetchToken(challenge, signal);
  }

  private use(value: string, lifeMs = Number.POSITIVE_INFINITY): true {
    this.header = { value, until: this.options.clock.monotonic() + lifeMs };
    return true;
  }

  private async fetchToken(challenge: Challenge & { scheme: 'bearer' }, signal: AbortSignal): Promise<boolean> {
    const answer = await this.options.outbound.request({
      ...this.tokenRequest(challenge),
      limits: { maxBytes: 256 * 1024, maxDecodedBytes: 256 * 1024, redirects: 0 },
      signal,
    });
    const read = tokenAnswer.safeParse(answer.status === 200 ? json(answer.body) : undefined);
    const token = read.data?.token ?? read.data?.access_token ?? '';
    // What cannot stand in a header is no token; sent, it would be an error of ours.
    if (!/^[!-~]+$/.test(token)) return false;
    return this.use(`Bearer ${token}`, (read.data?.expires_in ?? defaultLifeS) * 1000 - marginMs);
  }

  private tokenRequest({ realm, service }: Challenge & { scheme: 'bearer' }) {
    const { credentials, scopes } = this.options;

    if (credentials && 'identityToken' in credentials) {
      const { identityToken } = credentials;
      const grant = { grant_type: 'refresh_token', client_id: clientId, refresh_token: identityToken };
      const body = new URLSearchParams({ ...grant, service: service ?? '', scope: scopes.join(' ') }).toString();
      return { url: realm, method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
    }
    const query = new URLSearchParams(service === undefined ? {} : { service });
    for (const scope of scopes) query.append('scope', scope);
    const login = credentials && 'username' in credentials ? { authorization: basic(credentials) } : {};
    return { url: `${realm}${realm.includes('?') ? '&' : '?'}${query.toString()}`, headers: login };
  }
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function json(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
