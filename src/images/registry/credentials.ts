import { z } from 'zod';
import { RegistryError } from './errors.ts';
import { hubHost } from './reference.ts';

export type RegistryCredentials =
  | { readonly username: string; readonly password: string }
  /** Exchanged for a token by the registry's token service. */
  | { readonly identityToken: string }
  /** Sent as it is. */
  | { readonly registryToken: string };

const text = z.string().max(65_536).optional();
const entry = z.object({ auth: text, username: text, password: text, identitytoken: text, registrytoken: text });
const entries = z.record(z.string().max(1024), entry).refine((all) => Object.keys(all).length <= 1000);
const configFile = z.object({ auths: entries.optional() });

type Entry = z.output<typeof entry>;

/** What a Secret of a registry login looks like as it comes from the API server. */
export interface LoginSecret {
  readonly data?: Readonly<Record<string, string>> | undefined;
}

const keys = { config: '.dockerconfigjson', older: '.dockercfg' } as const;

/** Finds the login for an image in a pull or push Secret; undefined when it has none for that host. */
export function credentialsFor(
  image: { readonly host: string; readonly repository: string },
  { data = {} }: LoginSecret,
): RegistryCredentials | undefined {
  return bestMatch(image, logins(data));
}

function logins(data: Readonly<Record<string, string>>): Record<string, Entry> {
  const config = data[keys.config];
  const older = data[keys.older];
  const read = config === undefined ? entries.safeParse(decoded(older)) : configFile.safeParse(decoded(config));
  if (read.success)
    return config === undefined
      ? (read.data as Record<string, Entry>)
      : ((read.data.auths ?? {}) as Record<string, Entry>);
  // The parser's own words could repeat what stands in the Secret.
  throw new RegistryError(
    'CredentialsMissing',
    `the Secret of image.credentialsRef needs the key ${keys.config} as "kubectl create secret docker-registry" writes it`,
  );
}

function decoded(value: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(value ?? '', 'base64').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** A key may have a path, and then is for the repositories below it alone; the longest one counts. */
function bestMatch(
  { host, repository }: { readonly host: string; readonly repository: string },
  found: Readonly<Record<string, Entry>>,
): RegistryCredentials | undefined {
  const matching = Object.entries(found)
    .map(([key, entry]) => ({ place: place(key), entry }))
    .filter(({ place }) => place.host === host && (place.path === '' || `${repository}/`.startsWith(`${place.path}/`)))
    .sort((a, b) => b.place.path.length - a.place.path.length);
  return matching.map(({ entry }) => loginOf(entry)).find((login) => login !== undefined);
}

/** Reads `https://index.docker.io/v1/`, `host:5000` and `host/path`; the version at the end is no path. */
function place(key: string): { host: string; path: string } {
  const [host = '', ...segments] = key.replace(/^https?:\/\//, '').split('/');
  const path = segments.filter((segment) => segment !== '' && !/^v[12]$/.test(segment)).join('/');
  return { host: /^(index\.)?docker\.io$/.test(host) ? hubHost : host.toLowerCase(), path };
}

function loginOf({
  auth = '',
  username,
  password,
  identitytoken,
  registrytoken,
}: Entry): RegistryCredentials | undefined {
  if (identitytoken) return { identityToken: identitytoken };
  if (registrytoken) return { registryToken: registrytoken };
  if (username && password !== undefined) return { username, password };
  const [user = '', pass] = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '').split(/:(.*)/s);
  return user !== '' && pass !== undefined ? { username: user, password: pass } : undefined;
}
