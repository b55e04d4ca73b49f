import type { Build } from '../../crds/build/build.ts';
import type { BuildSettings } from '../../crds/build/settings.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Credentials } from '../../images/driver/driver.ts';
import { type Client, ifPresent, type Stored } from '../../kube/index.ts';
import { type Secret, secrets } from '../../objects/core.ts';
import { gitCredentials } from '../../source/credentials.ts';
import { SourceError } from '../../source/errors.ts';
import { repositoryAddress } from '../../source/git/repository.ts';
import { loginFor } from '../../source/login.ts';
import { NotReady } from './not-ready.ts';
import { pushLoginOf, repositoryOf, trustOf } from './trust.ts';

interface Wanted {
  readonly build: Stored<Build>;
  readonly project: Stored<Project>;
}

/** What the pod of this Build gets, as it is now. */
export async function readCredentials(
  wanted: Wanted,
  { client }: { readonly client: Pick<Client, 'get'> },
  signal: AbortSignal,
): Promise<Credentials> {
  const { namespace = '' } = wanted.build.metadata;
  const { git: source } = wanted.project.spec.source;
  const login = registrySecretFor(wanted);
  const [git, registry, buildSecrets] = await Promise.all([
    read(client, { namespace, name: source?.credentialsRef?.name, field: 'source.git.credentialsRef' }, signal),
    read(client, { namespace, ...login }, signal),
    buildSecretsOf(wanted.build, client, signal),
  ]);
  return { ...gitLoginOf(source?.url ?? '', git), registryLogin: registryLoginOf(registry, login.field), buildSecrets };
}

/** Of a commit that somebody vouches for: whoever wrote another one would only have to print them. */
export function secretsOf(build: Pick<Build, 'spec' | 'status'>): NonNullable<BuildSettings['secrets']> {
  return trustOf(build) === 'Trusted' ? (build.spec.build?.secrets ?? []) : [];
}

async function buildSecretsOf(
  build: Stored<Build>,
  client: Pick<Client, 'get'>,
  signal: AbortSignal,
): Promise<Record<string, string> | undefined> {
  const { namespace = '' } = build.metadata;
  const field = 'build.secrets';
  const found = secretsOf(build).map(async ({ id, name, key }) => {
    const value = (await read(client, { namespace, name, field }, signal))?.data?.[key];
    if (value !== undefined) return [id, value] as const;
    throw new NotReady('CredentialsMissing', `the Secret "${name}" has no key "${key}"; add it, or correct ${field}`);
  });
  if (found.length === 0) return undefined;
  const all = await Promise.all(found);
  fit(all.map(([, value]) => value.length).reduce((sum, length) => sum + length));
  return Object.fromEntries(all);
}

/** They lie in one Secret beside the logins, which the API server holds to a mebibyte. */
const mostBytes = 800_000;

function fit(bytes: number): void {
  if (bytes <= mostBytes) return;
  const message = `build.secrets take ${bytes} bytes together in base64, and may take ${mostBytes}; name fewer, or smaller ones`;
  throw new NotReady('BuildTooLarge', message);
}

/** With the login of trusted images whoever breaks out of an untrusted build could replace what runs: it never gets there. */
function registrySecretFor({ build, project }: Wanted) {
  const trust = trustOf(build);
  const login = pushLoginOf(project, trust);
  if (login.name !== undefined || project.spec.image.credentialsRef === undefined) return login;
  throw new NotReady(
    'CredentialsMissing',
    `code that nobody vouches for is not built with the login of image.credentialsRef; create a Secret that may push to ${repositoryOf(project, trust)} alone, and name it in ${login.field}`,
  );
}

interface SecretName {
  readonly namespace: string;
  readonly name: string | undefined;
  readonly field: string;
}

async function read(
  client: Pick<Client, 'get'>,
  { namespace, name, field }: SecretName,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  if (name === undefined) return undefined;
  const secret = await ifPresent(client.get(secrets, { namespace, name }, { signal }));
  if (secret !== undefined) return secret;
  throw new NotReady(
    'CredentialsMissing',
    `there is no Secret "${name}" in this namespace; create it, or correct ${field}`,
  );
}

const loginKey = '.dockerconfigjson';

function registryLoginOf(registry: Secret | undefined, field: string): string | undefined {
  const login = registry?.data?.[loginKey];
  if (registry !== undefined && login === undefined) {
    throw new NotReady(
      'CredentialsMissing',
      `the Secret of ${field} needs the key ${loginKey} as "kubectl create secret docker-registry" writes it`,
    );
  }
  return login && Buffer.from(login, 'base64').toString('utf8');
}

/** Looked at as when the ref was resolved, because the Secret may be another one by now. */
export function gitLoginOf(
  url: string,
  git: Pick<Secret, 'data'> | undefined,
): Pick<Credentials, 'authorization' | 'ssh'> {
  try {
    const login = loginFor(repositoryAddress(url), git && gitCredentials(git.data));
    if (login?.kind !== 'Ssh') return { authorization: login?.authorization };
    const { privateKey, knownHosts } = login;
    return { ssh: { privateKey, knownHosts } };
  } catch (error) {
    if (error instanceof SourceError) throw new NotReady(error.reason, error.message);
    throw error;
  }
}
