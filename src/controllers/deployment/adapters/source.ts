import type { Project } from '../../../crds/project/project.ts';
import { type Client, formatKey, ifPresent } from '../../../kube/index.ts';
import { Lru } from '../../../kube/lru/lru.ts';
import { secrets } from '../../../objects/core.ts';
import type { Read } from '../../../objects/wire.ts';
import type { Clock } from '../../../seams/clock.ts';
import { type GitCredentials, gitCredentials } from '../../../source/credentials.ts';
import { SourceError } from '../../../source/errors.ts';
import type { Follower } from '../../../source/follow/follower.ts';
import { wakesOf } from '../../../source/follow/wakes.ts';
import type { CommitRequest, LookAtSource } from '../ports.ts';

export interface SourceOptions {
  readonly follower: Pick<Follower, 'look'>;
  readonly client: Pick<Client, 'get'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** A login that was renewed is used after this time; until then no look at the source asks the API server. */
const keptMs = 60_000;
const mostKept = 1000;

/** The ref of a Project's repository, followed with the login that the Project names. */
export function followSource({ follower, client, clock }: SourceOptions): LookAtSource {
  const logins = new Lru<GitCredentials>({ clock, maxEntries: mostKept, ttlMs: keptMs });
  return async ({ deployment, project, ref, signal }) => {
    const { url, pollSeconds } = project.spec.source.git ?? missingGit(project);
    const credentials = await loginOf({ client, logins }, { project, signal });
    const pollMs = pollSeconds * 1000;
    const { known, error, nextLookMs } = await follower.look({
      url,
      ref,
      pollMs,
      signal,
      wakes: wakesOf(deployment, project),
      ...(credentials === undefined ? {} : { credentials }),
    });
    return { known, error: error && { reason: error.reason, message: error.message }, nextLookMs };
  };
}

async function loginOf(
  { client, logins }: Pick<SourceOptions, 'client'> & { logins: Lru<GitCredentials> },
  { project, signal }: Pick<CommitRequest, 'project' | 'signal'>,
): Promise<GitCredentials | undefined> {
  const name = project.spec.source.git?.credentialsRef?.name;
  if (name === undefined) return undefined;
  const key = { namespace: project.metadata.namespace ?? '', name };
  const kept = logins.get(formatKey(key));
  if (kept !== undefined) return kept;
  const login = gitCredentials(await secretData(client, key, signal));
  logins.set(formatKey(key), login);
  return login;
}

async function secretData(
  client: Pick<Client, 'get'>,
  key: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<Record<string, string> | undefined> {
  const secret = await ifPresent(client.get(secrets, key, { signal }));
  return secret?.data;
}

function missingGit({ metadata }: Read<Project>): never {
  throw new SourceError(
    'SourceRefused',
    `Project "${metadata.name}" has no source that this version knows; set source.git`,
  );
}
