import { type Client, KubeError, type Logger } from '../../../kube/index.ts';
import { jobs } from '../../../objects/workloads.ts';
import type { BuildPlan } from '../driver.ts';
import { create } from './create.ts';
import { jobFor } from './job.ts';
import { dockerFor, type JobOptions } from './options.ts';

interface Parts {
  readonly client: Pick<Client, 'create'>;
  readonly options: JobOptions;
  readonly log: Logger;
}

const noUserNamespaces =
  'the cluster leaves the field hostUsers out, and the root of the build would be root of the node';

/**
 * What keeps the root of a build from being root of the node. With a user namespace for the pod BuildKit can have its commands
 * in namespaces of their own; a rootless one cannot, so that it builds trusted code alone.
 */
export class Isolation {
  private readonly parts: Parts;
  private rootless: boolean | undefined;

  constructor(parts: Parts) {
    this.parts = parts;
    this.rootless = parts.options.rootless ? true : undefined;
  }

  /** Throws for a build that may not run here. */
  async isRootless(plan: BuildPlan, signal: AbortSignal): Promise<boolean> {
    const { options } = this.parts;
    if (dockerFor(plan.trust, options) !== undefined) return false;
    this.rootless ??= await this.hasNoUserNamespaces(plan, signal);
    if (this.rootless !== true) return false;
    if (plan.trust === 'Trusted') return true;
    throw refusal(options.rootless ? 'the settings say builds.rootless' : noUserNamespaces);
  }

  /** A cluster without them takes the field away without a word, and BuildKit would be privileged on the node. */
  private async hasNoUserNamespaces(plan: BuildPlan, signal: AbortSignal): Promise<boolean | undefined> {
    const { client, options, log } = this.parts;
    const shown = await create(client, jobs, jobFor(plan, options), { signal, dryRun: true });
    // One from before a crash was looked at before it was made.
    if (shown === undefined) return undefined;
    const isMissing = shown.spec?.template.spec?.hostUsers !== false;
    if (isMissing) log.warn({ detail: noUserNamespaces }, 'builds are rootless, and untrusted ones are refused');
    return isMissing;
  }
}

function refusal(why: string): KubeError {
  return new KubeError({
    code: 'Forbidden',
    attempted: 'give a build that nobody vouches for a user namespace',
    detail: `${why}; use Kubernetes 1.33 or newer, or switch the feature gate UserNamespacesSupport on`,
  });
}
