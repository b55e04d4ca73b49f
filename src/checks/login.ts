import { type Client, formatKey, ifPresent, isKubeError, Lru } from '../kube/index.ts';
import { secrets } from '../objects/core.ts';
import { secretText } from '../objects/secret-text.ts';
import type { Clock } from '../seams/clock.ts';

/** A value of the authorization header, or why there is none: fit for a status. */
export type Login = { readonly authorization?: string } | { readonly problem: string };

export interface LoginOptions {
  readonly client: Pick<Client, 'get'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

type Sort = 'TokenOrPassword' | 'Token';

interface Wanted {
  readonly namespace: string;
  /** Of the Secret; undefined asks nobody. */
  readonly name: string | undefined;
  readonly sort: Sort;
  readonly signal: AbortSignal;
}

/** A login that was renewed is used after this time; until then a measurement asks the API server for nothing. */
const keptMs = 60_000;
const mostKept = 1000;

/** Reads the Secrets that checks name, one at a time. */
export function secretLogins({ client, clock }: LoginOptions): (wanted: Wanted) => Promise<Login> {
  const known = new Lru<Login>({ clock, maxEntries: mostKept, ttlMs: keptMs });
  return async ({ namespace, name, sort, signal }) => {
    if (name === undefined) return {};
    const key = { namespace, name };
    const id = `${sort} ${formatKey(key)}`;
    const kept = known.get(id);
    if (kept !== undefined) return kept;
    try {
      const data = (await ifPresent(client.get(secrets, key, { signal })))?.data;
      if (data === undefined) return { problem: `Secret "${name}" of credentialsRef does not exist or is empty.` };
      const login = loginFrom(data, { name, sort });
      if (!('problem' in login)) known.set(id, login);
      return login;
    } catch (error) {
      if (isKubeError(error)) return { problem: `Secret "${name}" of credentialsRef cannot be read just now.` };
      throw error;
    }
  };
}

function loginFrom(data: Readonly<Record<string, string>>, { name, sort }: { name: string; sort: Sort }): Login {
  const token = secretText(data, 'token');
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  const [username, password] = [secretText(data, 'username'), secretText(data, 'password')];
  const isAllowed = sort === 'TokenOrPassword' && username?.includes(':') === false;
  if (isAllowed && password !== undefined) {
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  }
  const wanted = sort === 'Token' ? 'token' : "token, or username (without ':') and password";
  return { problem: `Secret "${name}" of credentialsRef needs the keys ${wanted}.` };
}
