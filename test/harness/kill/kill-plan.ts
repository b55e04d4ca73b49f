import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { until, type Wait } from '../../support/until.ts';
import { differences, type EndState, effectsOf } from './end-state.ts';
import type { KillProxy, Moment } from './kill-proxy.ts';

/** One way from the start to the end, in a namespace of its own. */
export interface Run {
  namespace: string;
}

export interface Killable {
  /** At once, without a chance to tidy up. Resolves when it is gone. */
  kill(): Promise<void>;
}

export interface KillScenario {
  /** Default `kill`; each run appends its number. */
  name?: string;
  proxy: KillProxy;
  /** Starts an operator whose way to the API server is the proxy; at work when it resolves. Called again after the kill. */
  start(run: Run): Promise<Killable>;
  /** Makes the namespace, and gives the operator its work. It runs already. */
  apply(run: Run): Promise<void>;
  /** True at the end of the work. */
  until(run: Run): Promise<boolean>;
  endState(run: Run): Promise<EndState>;
  /** Removes what the run made, until the operator has no more work with it: the next run counts its own writes alone. */
  remove(run: Run): Promise<void>;
  /** For one way to its end. Default 60 s. */
  deadlineMs?: number;
  /** How long nothing must be written at the end. Default 500 ms. */
  settleMs?: number;
  /** Which plans are carried out. Default: all. */
  only?: (plan: Pick<PlanResult, 'after' | 'moment'>) => boolean;
  /** Hears of each plan when it has ended: all of them can take long. */
  onResult?: (result: PlanResult) => void;
}

export interface PlanResult {
  after: number;
  moment: Moment;
  /** False when the end came without so many writes. */
  reached: boolean;
  /** What the killed run has more (+) and less (-) than the clean one, or why it did not end. */
  differences: readonly string[];
}

export interface KillReport {
  /** Writes of the clean run. */
  writes: number;
  plans: readonly PlanResult[];
  /** For people: number of plans, and each difference. */
  text: string;
}

/**
 * Runs once undisturbed, then once for every write and moment with the operator killed there and started again, and
 * compares the ends. Random chaos would not hit the milliseconds between two writes; this hits each of them.
 */
export async function killPlans(scenario: KillScenario): Promise<KillReport> {
  const clean = await runOnce(scenario, 0);
  if (clean.failure !== undefined) throw new Error(`the undisturbed run did not end: ${clean.failure}`);
  const plans: PlanResult[] = [];
  for (let after = 0; after <= clean.writes; after++) {
    for (const moment of momentsOf(after, clean.writes)) {
      if (scenario.only?.({ after, moment }) === false) continue;
      const killed = await runOnce(scenario, plans.length + 1, { after, moment });
      const found = killed.failure === undefined ? differencesOf(clean, killed) : [killed.failure];
      const result = { after, moment, reached: killed.struck, differences: found };
      plans.push(result);
      scenario.onResult?.(result);
    }
  }
  return { writes: clean.writes, plans, text: report(clean.writes, plans) };
}

/** Throws when a plan ended differently, or when none was carried out. */
export function expectSameEnd({ plans, text }: KillReport): void {
  if (plans.every(({ reached }) => !reached)) throw new Error(`no plan was carried out: ${text}`);
  if (plans.some(({ differences }) => differences.length > 0)) throw new Error(text);
}

function momentsOf(after: number, last: number): Moment[] {
  if (after === 0) return ['BeforeNext'];
  return after === last ? ['AfterWrite'] : ['AfterWrite', 'BeforeNext'];
}

interface Outcome {
  writes: number;
  state: EndState;
  effects: EndState;
  struck: boolean;
  failure: string | undefined;
}

async function runOnce(
  scenario: KillScenario,
  number: number,
  plan?: { after: number; moment: Moment },
): Promise<Outcome> {
  const { name = 'kill', proxy } = scenario;
  const run = { namespace: `${name}-${number}` };
  const outcome: Outcome = { writes: 0, state: [], effects: [], struck: false, failure: undefined };
  let operator = await scenario.start(run);
  let restarted: Promise<void> | undefined;
  const restart = async () => {
    outcome.struck = true;
    await operator.kill();
    proxy.resume();
    operator = await scenario.start(run);
  };
  proxy.forget();
  if (plan !== undefined) proxy.strike({ ...plan, kill: () => void (restarted = restart()) });
  try {
    await scenario.apply(run);
    await until(async () => restarted !== undefined || (await scenario.until(run)), waitFor(scenario));
    // The strike may also fall while nothing seems to happen any more. The start is not part of the deadline.
    for (let seen: unknown = 'none yet'; seen !== restarted; ) {
      seen = restarted;
      await restarted;
      await ended(scenario, run);
    }
    outcome.writes = proxy.writes.length;
    outcome.state = await scenario.endState(run);
    outcome.effects = effectsOf(proxy.writes, run.namespace);
  } catch (error) {
    outcome.failure = error instanceof Error ? error.message : String(error);
  } finally {
    proxy.resume();
    await restarted?.catch(() => undefined);
    await scenario.remove(run);
    await operator.kill();
  }
  return outcome;
}

/**
 * Of the effects only what is too many: the strike may cut off the answer of a write that was under way beside the n-th.
 * Then it was done and not counted; that it was done stands in the state.
 */
function differencesOf(clean: Outcome, killed: Outcome): string[] {
  const tooMany = differences(clean.effects, killed.effects).filter((line) => line.startsWith('+'));
  return [...differences(clean.state, killed.state), ...tooMany];
}

/** At the end of the work, and nothing more is written: an operator that was started again looks at everything anew. */
async function ended(scenario: KillScenario, run: Run): Promise<void> {
  const { proxy, settleMs = 500 } = scenario;
  await until(() => scenario.until(run), waitFor(scenario));
  for (let seen = -1; seen !== proxy.writes.length; ) {
    seen = proxy.writes.length;
    await sleep(systemClock, settleMs);
  }
}

function waitFor({ deadlineMs = 60_000 }: KillScenario): Wait {
  return { deadlineMs, everyMs: 50, describe: 'the end of the run' };
}

function report(writes: number, plans: readonly PlanResult[]): string {
  const reached = plans.filter((plan) => plan.reached).length;
  const bad = plans.filter((plan) => plan.differences.length > 0);
  const head = `${writes} writes, ${plans.length} plans (${reached} carried out), ${bad.length} ended differently`;
  return [head, ...bad.map(shown)].join('\n');
}

function shown({ after, moment, differences }: PlanResult): string {
  const lines = differences.slice(0, 10).map((line) => `    ${line.slice(0, 400)}`);
  return `  killed ${moment} ${after}:\n${lines.join('\n')}`;
}
