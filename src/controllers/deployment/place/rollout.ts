import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import { keyOf } from '../../../kube/index.ts';
import { type Decision, decide } from '../../../rollout/engine/decide.ts';
import { setForward } from '../../../rollout/engine/set-forward.ts';
import type { Input } from '../../../rollout/engine/state.ts';
import type { Intent, Observation, Target } from '../../../targets/target.ts';
import { queueLookMs } from '../../queue/line.ts';
import { namedChecks } from '../checks/named.ts';
import type { Look } from '../look.ts';
import type { Binding } from '../ports.ts';
import type { StoredRelease } from '../release/revision.ts';
import type { Wish } from '../wish/wish.ts';
import { type Answers, note, said, scopeOf, sooner } from './answers.ts';
import { causeOfWish } from './cause.ts';
import { runHooks } from './hooks.ts';
import { recall } from './memory.ts';
import { planOf } from './plan.ts';
import { keepSchedules } from './schedules.ts';
import { stateOfStatus } from './state.ts';

/** What became of the rollout in this look. */
export interface Rollout {
  readonly decision: Decision;
  readonly observation: Observation | undefined;
  readonly memory: unknown;
  /** When to ask the place again though nothing changes. */
  readonly lookAgainMs: number | undefined;
}

/** Asks the engine, moves the place, and asks the engine again with what is there now. */
export async function rollOut(
  look: Look,
  binding: Binding,
  { wish, status }: { wish: Wish; status: DeploymentStatus },
): Promise<Rollout> {
  const { target } = binding;
  const answers: Answers = { memory: recall(binding, status) };
  const { first, input } = begin(look, inputOf(look, wish, status));
  await prepare(look, target, { answers, decision: first });
  // By the first: what only this look decided is not written down yet.
  const hookReports = await runHooks(look, target, { answers, runs: first.hooks });
  const prepared = answers.prepared === true;
  const second = decide({ ...input, state: first.state, prepared, hookReports });
  await advance(look, target, { answers, decision: second });
  if (second.state.queued !== undefined) sooner(answers, queueLookMs);
  await keepSchedules(look, target, { answers, live: find(look, second.state.live) });
  const { memory, lookAgainMs, ...said } = answers;
  const decision = decide({ ...input, ...said, hookReports, state: second.state });
  return { decision, observation: answers.observation, memory, lookAgainMs };
}

/** Who goes first is asked only when a rollout would begin: the answer takes a place. */
function begin({ turns, deployment, measurer }: Look, known: Input): { first: Decision; input: Input } {
  turns.settle(deployment);
  const measurements = measurer.take(keyOf(deployment));
  const input = { ...known, ahead: Number.POSITIVE_INFINITY };
  const first = decide({ ...input, measurements });
  if (first.state.queued === undefined || known.wanted === undefined) return { first, input };
  const counted = { ...known, ahead: turns.enter(deployment) };
  return { first: decide({ ...counted, measurements }), input: counted };
}

/** What the engine would say without asking the place: for a Deployment that no place takes. */
export function standStill(look: Look, { wish, status }: { wish: Wish; status: DeploymentStatus }): Decision {
  look.turns.settle(look.deployment);
  return decide({ ...inputOf(look, wish, status), wanted: undefined, paused: true });
}

interface Turn {
  readonly answers: Answers;
  readonly decision: Decision;
}

async function prepare(look: Look, target: Target, { answers, decision: { aim } }: Turn): Promise<void> {
  const release = find(look, aim.prepare);
  if (release === undefined) return;
  answers.prepared = false;
  const intent = intentOf(look, { release, from: find(look, aim.release) });
  const step = await said(answers, () => target.prepare(scopeOf(look, answers), intent));
  if (step === undefined) return;
  note(answers, step);
  answers.prepared = step.done;
}

async function advance(look: Look, target: Target, { answers, decision: { aim } }: Turn): Promise<void> {
  const release = find(look, aim.release);
  if (release === undefined) return;
  const intent = intentOf(look, { release, from: find(look, aim.from), aim });
  const step = await said(answers, () => target.advance(scopeOf(look, answers), intent));
  if (step !== undefined) note(answers, step);
  const observation = await said(answers, () => target.observe(scopeOf(look, answers), intent));
  if (observation === undefined) return;
  answers.observation = observation;
  if (observation.memory !== undefined) answers.memory = observation.memory;
}

function inputOf(look: Look, wish: Wish, status: DeploymentStatus): Input {
  const { deployment, releases, now, clockLook } = look;
  const { paused, workload, hooks } = deployment.spec;
  const strategy = planOf(deployment.spec);
  const { wanted, obstacle, hold, adopted } = wish;
  const cause = causeOfWish(status, wanted);
  const state = setForward(stateOfStatus(status, adopted), { ms: clockLook.jumpedMs, now });
  const checks = namedChecks(look);
  const { replicas } = workload.scale;
  return { state, releases, wanted, cause, obstacle, hold, strategy, checks, hooks, paused, replicas, now };
}

interface Sides {
  readonly release: StoredRelease;
  readonly from: StoredRelease | undefined;
  readonly aim?: Decision['aim'];
}

function intentOf(look: Look, { release, from, aim }: Sides): Intent {
  const { workload, strategy, paused } = look.deployment.spec;
  const warm = warmOf(look, aim);
  const named = new Set([release, from, warm?.release].map((each) => each?.name));
  const others = look.releases.filter(({ name }) => !named.has(name));
  const { replicas } = workload.scale;
  return {
    release,
    ...(from === undefined ? {} : { from }),
    ...(aim?.stage === undefined ? {} : { stage: aim.stage }),
    ...(aim?.goingBack === true ? { goingBack: true } : {}),
    ...(aim?.hasServed === true ? { hasServed: true } : {}),
    ...(warm === undefined ? {} : { warm }),
    others,
    replicas,
    strategy,
    paused,
  };
}

function warmOf(look: Look, aim: Decision['aim'] | undefined): Intent['warm'] {
  const release = find(look, aim?.warm?.release);
  return aim?.warm && release && { release, replicas: aim.warm.replicas };
}

function find({ releases }: Look, number: number | undefined): StoredRelease | undefined {
  return number === undefined ? undefined : releases.find((release) => release.number === number);
}
