import { readFile } from 'node:fs/promises';
import { createOutbound, dnsResolver } from '../../../outbound/outbound.ts';
import { credentialsFor } from '../../registry/credentials.ts';
import { RegistryError } from '../../registry/errors.ts';
import { pushLayout } from '../../registry/layout.ts';
import { parseImage } from '../../registry/reference.ts';
import { Repository } from '../../registry/repository.ts';
import type { StepContext } from '../context.ts';
import type { PushPlan } from '../plans.ts';
import type { Pushed } from '../result/result.ts';
import { StepError } from '../step-error.ts';
import { describeImage } from './describe.ts';

export interface PushFolders {
  /** An OCI layout with one image in it. */
  readonly image: string;
  /** File with the registry's login, a `.dockerconfigjson`; need not exist. */
  readonly login: string;
}

/** Runs after every process of the build is gone, and runs nothing of the repository. */
export async function push(
  { repository, tag, outbound: rules }: PushPlan,
  { image, login }: PushFolders,
  { clock, signal }: Pick<StepContext, 'clock' | 'signal'>,
): Promise<Omit<Pushed, 'ok' | 'stage' | 'seconds'>> {
  const outbound = createOutbound({ ...rules, clock, resolver: dnsResolver() });
  try {
    const target = parseImage(repository);
    const secret = await readLogin(login);
    const credentials = secret && credentialsFor(target, secret);
    const to = new Repository({ ...target, outbound, clock, credentials, access: 'push', signal });
    const { digest } = await pushLayout(image, to, tag);
    const { sizeBytes, platforms } = await describeImage(image);
    return { digest, sizeBytes, platforms: [...platforms] };
  } catch (error) {
    if (error instanceof RegistryError)
      throw new StepError(error.reason, error.message, { step: `push ${repository}` });
    throw error;
  } finally {
    await outbound.close();
  }
}

async function readLogin(file: string) {
  try {
    return { data: { '.dockerconfigjson': await readFile(file, 'base64') } };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
