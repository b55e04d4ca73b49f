import type { Build } from '../../crds/build/build.ts';
import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { Project } from '../../crds/project/project.ts';
import { ReasonError } from '../../crds/reasons/reason-error.ts';
import type { SummaryReason } from '../../crds/reasons/reasons.ts';
import type { Failed, StageTime, Succeeded } from '../../images/driver/driver.ts';
import type { Stored } from '../../kube/index.ts';
import type { Clock } from '../../seams/clock.ts';
import { isPassing } from './failure.ts';
import type { Signer } from './signer.ts';
import { type StatusChange, succeededStatus } from './status.ts';
import { repositoryOf, trustOf } from './trust.ts';

interface Pushed {
  readonly build: Stored<Build>;
  readonly project: Stored<Project> | undefined;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly progress: Succeeded;
  readonly deadline: number;
}

interface Means {
  readonly signer: Signer;
  readonly clock: Pick<Clock, 'now'>;
}

export type Outcome =
  | { readonly is: 'done' | 'waiting'; readonly change: StatusChange }
  | { readonly is: 'failed'; readonly failed: Failed };

/** The last stage: an image counts only when it is signed, where one is to be. What passes is waited for until the deadline. */
export async function finish(pushed: Pushed, { signer, clock }: Means): Promise<Outcome> {
  const { build, project, progress, signal } = pushed;
  const trust = trustOf(build);
  const repository = project && repositoryOf(project, trust);
  const began = clock.now();
  try {
    const signedBy = project && (await signer.sign({ project, trust, digest: progress.digest }, signal));
    const stages = signedBy === undefined ? progress.stages : [...progress.stages, signStage(began, clock.now())];
    const change = succeededStatus(pushed, { ...progress, stages }, { repository, signedBy });
    return { is: 'done', change };
  } catch (error) {
    if (!(error instanceof ReasonError)) throw error;
    return unsigned(pushed, error.reason as SummaryReason, error.message);
  }
}

function unsigned({ progress, now, deadline }: Pushed, reason: SummaryReason, why: string): Outcome {
  const message = `The image is pushed and not signed: ${why}`;
  if (isPassing(reason) && now < deadline) return { is: 'waiting', change: { fields: {}, reason, message } };
  const { stages } = progress;
  return { is: 'failed', failed: { state: 'Failed', stages, reason, message, failure: { stage: 'Sign' } } };
}

function signStage(began: number, ended: number): StageTime {
  return { name: 'Sign', startedAt: wholeSeconds(new Date(began)), seconds: Math.round((ended - began) / 1000) };
}
