import { createHash } from 'node:crypto';
import type { Clock } from '../../seams/clock.ts';
import type { Client } from '../client/client.ts';
import { Lru } from '../lru/lru.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import type { Reply, Request, RequestHandler } from './reply.ts';

interface User {
  username?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

export interface TokenReview extends KubeObject {
  spec: { token: string };
  status?: { authenticated?: boolean; user?: User };
}

export interface SubjectAccessReview extends KubeObject {
  spec: {
    user?: string;
    uid?: string;
    groups?: string[];
    extra?: Record<string, string[]>;
    nonResourceAttributes: { path: string; verb: string };
  };
  status?: { allowed?: boolean };
}

export const tokenReviews: Resource<TokenReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
};

export const subjectAccessReviews: Resource<SubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

export interface AccessOptions {
  client: Pick<Client, 'create'>;
  clock: Pick<Clock, 'monotonic'>;
}

type Verdict = 'allowed' | 'forbidden' | 'unauthenticated';

const refusals: Readonly<Record<Verdict | 'busy', Reply | undefined>> = {
  allowed: undefined,
  busy: { status: 429, body: 'too many at once\n', headers: { 'retry-after': '1' } },
  forbidden: { status: 403, body: 'this token may not get this path: bind a role with nonResourceURLs\n' },
  unauthenticated: { status: 401, body: 'a valid bearer token is needed\n', headers: { 'www-authenticate': 'Bearer' } },
};

const rememberedMs = 60_000;
const mostTokens = 256;
/** No real token is longer; the API server would have to read whatever comes. */
const longestToken = 16 * 1024;
/** More at once could be someone who tries tokens: every one that we do not know costs the API server two calls. */
const mostReviews = 8;

/** Lets only those see a page whom the API server lets `get` its path. Answers are remembered for one minute. */
export class Access {
  private readonly options: AccessOptions;
  /** Apart from the others: whoever tries tokens may not have those forgotten that are good. */
  private readonly allowed: Lru<Verdict>;
  private readonly refused: Lru<Verdict>;
  private reviews = 0;

  constructor(options: AccessOptions) {
    this.options = options;
    const limits = { clock: options.clock, maxEntries: mostTokens, ttlMs: rememberedMs };
    this.allowed = new Lru(limits);
    this.refused = new Lru(limits);
  }

  protect(handler: RequestHandler): RequestHandler {
    return async (request) => refusals[await this.judge(request)] ?? handler(request);
  }

  private async judge({ headers, path }: Request): Promise<Verdict | 'busy'> {
    const token = bearerToken(headers['authorization']);
    if (token === undefined) return 'unauthenticated';
    // Only a hash is kept, so that a heap dump holds no token.
    const id = createHash('sha256').update(`${path}\n${token}`).digest('hex');
    const known = this.allowed.get(id) ?? this.refused.get(id);
    if (known) return known;
    if (this.reviews >= mostReviews) return 'busy';
    this.reviews++;
    try {
      const verdict = await this.review(token, path);
      (verdict === 'allowed' ? this.allowed : this.refused).set(id, verdict);
      return verdict;
    } finally {
      this.reviews--;
    }
  }

  private async review(token: string, path: string): Promise<Verdict> {
    const { client } = this.options;
    const reviewed = await client.create(tokenReviews, { metadata: {}, spec: { token } });
    const { authenticated = false, user } = reviewed.status ?? {};
    if (!authenticated || !user?.username) return 'unauthenticated';
    const { username, ...rest } = user;
    const spec = { ...rest, user: username, nonResourceAttributes: { path, verb: 'get' } };
    const { status } = await client.create(subjectAccessReviews, { metadata: {}, spec });
    return status?.allowed === true ? 'allowed' : 'forbidden';
  }
}

function bearerToken(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header.length > longestToken) return undefined;
  return /^Bearer (?<token>[\w.~+/=-]+)$/i.exec(header)?.groups?.['token'];
}
