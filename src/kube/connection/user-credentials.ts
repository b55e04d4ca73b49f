import type { Clock } from '../../seams/clock.ts';
import { tlsMaterial } from './connection.ts';
import type { SelectedContext } from './context.ts';
import { createExecSource, type ExecReading, type ExecSource } from './exec-source.ts';
import { type HeaderMap, type Impersonation, impersonationHeaders } from './impersonation.ts';
import type { UserEntry } from './kubeconfig-schema.ts';
import type { Reading } from './live-credentials.ts';
import { checkToken, readText, type TextSource, textSource } from './sources.ts';

export interface UserCredentialsOptions {
  context: SelectedContext;
  /** Instead of what the kubeconfig says. */
  impersonate?: Impersonation | undefined;
  env: NodeJS.ProcessEnv;
  clock: Clock;
}

/** How a user of a kubeconfig proves who it is: gathers the sources once, reads them each time it is called. */
export function userCredentials({ context, impersonate, env, clock }: UserCredentialsOptions) {
  const { cluster, user, origin } = context;
  const ca = textSource({
    data: cluster['certificate-authority-data'],
    file: cluster['certificate-authority'],
    what: `certificate authority of ${origin}`,
  });
  const cert = textSource({
    data: user['client-certificate-data'],
    file: user['client-certificate'],
    what: `client certificate of ${origin}`,
  });
  const key = textSource({ data: user['client-key-data'], file: user['client-key'], what: `client key of ${origin}` });
  const exec = user.exec ? execSource(context, { ca, env, clock }) : undefined;
  const acting = impersonationHeaders(impersonate ?? impersonationOf(user));

  return async (refused: boolean): Promise<Reading> => {
    const plugin = exec ? await exec(refused) : none;
    const tls = tlsMaterial({
      ca: await ca?.(),
      cert: plugin.cert ?? (await cert?.()),
      key: plugin.key ?? (await key?.()),
      servername: cluster['tls-server-name'],
      insecure: cluster['insecure-skip-tls-verify'] ?? false,
    });
    const headers = { ...(await authorization(user, { origin, token: plugin.token })), ...acting };
    return { credentials: { tls, headers }, expiresAt: plugin.expiresAt, renewAt: plugin.renewAt };
  };
}

const none: ExecReading = {
  token: undefined,
  cert: undefined,
  key: undefined,
  expiresAt: undefined,
  renewAt: undefined,
};

interface PluginContext {
  ca: TextSource | undefined;
  env: NodeJS.ProcessEnv;
  clock: Clock;
}

function execSource(
  { cluster, user, origin }: SelectedContext,
  { ca, env, clock }: PluginContext,
): ExecSource | undefined {
  if (!user.exec) return undefined;
  return createExecSource({ exec: user.exec, cluster, origin, env, clock, ca: async () => ca?.() });
}

async function authorization(
  user: UserEntry,
  given: { origin: string; token: string | undefined },
): Promise<HeaderMap> {
  const what = `token of ${given.origin}`;
  const fromFile = user.tokenFile === undefined ? undefined : await readText(user.tokenFile, what);
  const token = given.token ?? fromFile ?? user.token;
  if (token !== undefined) return { authorization: `Bearer ${checkToken(token, what)}` };
  if (user.username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}` };
}

function impersonationOf(user: UserEntry): Impersonation | undefined {
  if (user.as === undefined) return undefined;
  return { user: user.as, uid: user['as-uid'], groups: user['as-groups'], extra: user['as-user-extra'] };
}
