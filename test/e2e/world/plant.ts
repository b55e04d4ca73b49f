import type { Client } from '../../../src/kube/client/client.ts';
import { secrets as secretObjects } from '../../../src/objects/core.ts';
import type { Secrets } from '../../harness/secrets/secrets.ts';

export interface Ground {
  readonly client: Client;
  readonly namespace: string;
  readonly secrets: Secrets;
  readonly login: { username: string; password: string };
  readonly registry: string;
}

/** The Secrets of a user: to read the repository, to push the image, and for the app. */
export async function plantSecrets({ client, namespace, secrets, login, registry }: Ground): Promise<void> {
  const push = { username: 'push', password: secrets.plant(`push password of ${namespace}`) };
  const auth = Buffer.from(`${push.username}:${push.password}`).toString('base64');
  const docker = JSON.stringify({ auths: { [registry]: { ...push, auth } } });
  const create = (name: string, stringData: Record<string, string>, type = 'Opaque') =>
    client.create(secretObjects, { metadata: { namespace, name }, type, stringData });
  await create('git', login);
  await create('push', { '.dockerconfigjson': docker }, 'kubernetes.io/dockerconfigjson');
  await create('app', { DATABASE_PASSWORD: secrets.plant(`database password of ${namespace}`) });
}
