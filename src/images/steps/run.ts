import type { Clock } from '../../seams/clock.ts';
import { build } from './build/build.ts';
import { clone } from './clone/clone.ts';
import { type Address, expectIsolation } from './clone/isolation.ts';
import type { StepContext } from './context.ts';
import { buildPlan, clonePlan, places, pushPlan } from './plans.ts';
import { plainLine } from './program/lines.ts';
import { push } from './push/push.ts';
import type { StepResult } from './result/result.ts';
import { StepError } from './step-error.ts';

export interface StepRun extends StepContext {
  readonly step: string | undefined;
  /** The plan as JSON. */
  readonly plan: string | undefined;
  readonly apiServer: Address | undefined;
}

type Stage = StepResult['stage'];

const steps: Record<string, { stage: Stage; run: (run: StepRun) => Promise<object> }> = {
  clone: { stage: 'Clone', run: runClone },
  build: { stage: 'Build', run: runBuild },
  push: { stage: 'Push', run: runPush },
};

/** Runs one step to its result; never rejects. Undefined for a step that does not exist. */
export async function runStep(run: StepRun): Promise<StepResult | undefined> {
  const step = Object.hasOwn(steps, run.step ?? '') ? steps[run.step ?? ''] : undefined;
  if (step === undefined) return undefined;
  const begun = run.clock.monotonic();
  try {
    const outcome = await step.run(run);
    return { ok: true, stage: step.stage, seconds: since(run.clock, begun), ...outcome } as StepResult;
  } catch (error) {
    sayAgain(error, run);
    return { ok: false, stage: step.stage, seconds: since(run.clock, begun), ...explain(error) };
  }
}

async function runClone(run: StepRun): Promise<object> {
  const { repository, credentials, keyFolder } = places;
  const plan = clonePlan.parse(planOf(run));
  const isolated = plan.mustBeIsolated ? expectIsolation(run, run) : undefined;
  await Promise.all([isolated, clone(plan, { repository, credentials, keyFolder }, run)]);
  return {};
}

function runBuild(run: StepRun): Promise<object> {
  const { repository, image, state, scratch, secrets } = places;
  const { engineSocket: socket, engineTls: tls, credentials: login } = places;
  const engine = { socket, tls, login };
  return build(buildPlan.parse(planOf(run)), { repository, image, state, scratch, secrets, engine }, run);
}

function runPush(run: StepRun): Promise<object> {
  const { image, credentials, registryLogin } = places;
  return push(pushPlan.parse(planOf(run)), { image, login: `${credentials}/${registryLogin}` }, run);
}

function planOf({ plan }: StepRun): unknown {
  return JSON.parse(plan ?? 'null');
}

/** Steps run side by side and mix their lines; those of the one that failed come last, where they are looked for. */
function sayAgain(error: unknown, { say }: StepRun): void {
  if (!(error instanceof StepError) || error.tail.length === 0) return;
  say(`=> ERROR ${plainLine(error.details.step ?? '')}`);
  error.tail.forEach(say);
}

function explain(error: unknown) {
  if (error instanceof StepError) {
    const { reason, message, details } = error;
    return { reason, message: plainLine(message.slice(0, 1000)), ...details };
  }
  const message = `the step failed by itself: ${error instanceof Error ? error.message : String(error)}`;
  return { reason: 'BuilderUnavailable' as const, message: plainLine(message.slice(0, 1000)) };
}

function since(clock: Clock, begun: number): number {
  return Math.round((clock.monotonic() - begun) / 10) / 100;
}
