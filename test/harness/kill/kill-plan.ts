import type { Client } from '../../../src/kube/client/client.ts';
import { until, type Wait } from '../../support/until.ts';
import { differences, type EndState, effectsOf } from './end-state.ts';
import type { KillProxy } from './kill-proxy.ts';
import { type Cast, type Mishap, type Plan, plansOf, prepare, rests } from './mishaps.ts';
import type { Killable, Run } from './run.ts';

export interface KillScenario {
  /** Default `kill`; each run appends its number. */
  name?: string;
  /** Where there are several, as many plans are carried out side by side. */
  proxies: readonly KillProxy[];
  /** Past the proxies. */
  client: Pick<Client, 'list'>;
  /** Default: the two kills. */
  mishaps?: readonly Mishap[];
  /** Starts an operator whose way to the API server is the run's proxy; at work when it resolves. Called again after the kill. */
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
  only?: (plan: Plan) => boolean;
  /** Hears of each plan when it has ended: all of them can take long. */
  onResult?: (result: PlanResult) => void;
}

export interface PlanResult extends Plan {
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
 * Runs once undisturbed, then once for every write and mishap with the operator struck there, and compares the ends.
 * Random chaos would not hit the milliseconds between two writes; this hits each of them.
 */
export async function killPlans(scenario: KillScenario): Promise<KillReport> {
  const { name = 'kill', proxies, mishaps = ['AfterWrite', 'BeforeNext'], only = () => true } = scenario;
  const [first] = proxies;
  if (first === undefined) throw new Error('kill plans: give them a proxy');
  const clean = await runOnce(scenario, { namespace: `${name}-0`, proxy: first });
  if (clean.failure !== undefined) throw new Error(`the undisturbed run did not end: ${clean.failure}`);
  const waiting = [...plansOf(clean.writes, mishaps).filter(only).entries()];
  const plans: PlanResult[] = [];
  const carryOut = async (proxy: KillProxy) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, plan] = next;
      const struck = await runOnce(scenario, { namespace: `${name}-${index + 1}`, proxy }, plan);
      const found = struck.failure === undefined ? differencesOf(clean, struck) : [struck.failure];
      plans[index] = { ...plan, reached: struck.struck, differences: found };
      scenario.onResult?.(plans[index]);
    }
  };
  await Promise.all(proxies.map(carryOut));
  return { writes: clean.writes, plans, text: report(clean.writes, plans) };
}

/** Throws when a plan ended differently, or when none was carried out. */
export function expectSameEnd({ plans, text }: KillReport): void {
  if (plans.every(({ reached }) => !reached)) throw new Error(`no plan was carried out: ${text}`);
  if (plans.some(({ differences }) => differences.length > 0)) throw new Error(text);
}

interface Outcome {
  writes: number;
  state: EndState;
  effects: EndState;
  struck: boolean;
  failure: string | undefined;
}

async function runOnce(scenario: KillScenario, run: Run, plan?: Plan): Promise<Outcome> {
  const { proxy } = run;
  const { client, settleMs = 500 } = scenario;
  const outcome: Outcome = { writes: 0, state: [], effects: [], struck: false, failure: undefined };
  let operator: Killable | undefined;
  let aftermath: Promise<void> | undefined;
  const failed = Promise.withResolvers<never>();
  // Whoever waits for it is told.
  failed.promise.catch(() => undefined);
  const restart: Cast['restart'] = async (meanwhile) => {
    await operator?.kill();
    const made = meanwhile();
    proxy.resume();
    operator = await scenario.start(run);
    return made;
  };
  const arm = plan && prepare[plan.mishap](plan.after, { proxy, client, restart, settleMs });
  operator = await scenario.start(run);
  proxy.forget();
  try {
    arm?.((begun) => {
      outcome.struck = true;
      aftermath = begun();
      aftermath.catch(failed.reject);
    });
    // An operator that did not come back would be waited for in vain, and why it did not stay unsaid.
    await Promise.race([scenario.apply(run), failed.promise]);
    await until(async () => aftermath !== undefined || (await scenario.until(run)), waitFor(scenario));
    // The strike may also fall while nothing seems to happen any more. The start is not part of the deadline.
    for (let seen: unknown = 'none yet'; seen !== aftermath; ) {
      seen = aftermath;
      await aftermath;
      await until(() => scenario.until(run), waitFor(scenario));
      // An operator that was started again looks at everything anew.
      await rests({ proxy, settleMs });
    }
    outcome.writes = proxy.writes.length;
    outcome.state = await scenario.endState(run);
    outcome.effects = effectsOf(proxy.writes, run.namespace);
  } catch (error) {
    outcome.failure = error instanceof Error ? error.message : String(error);
  } finally {
    proxy.resume();
    await aftermath?.catch(() => undefined);
    proxy.faults.clearFaults();
    await scenario.remove(run);
    await operator?.kill();
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

function waitFor({ deadlineMs = 60_000 }: KillScenario): Wait {
  return { deadlineMs, everyMs: 50, describe: 'the end of the run' };
}

function report(writes: number, plans: readonly PlanResult[]): string {
  const reached = plans.filter((plan) => plan.reached).length;
  const bad = plans.filter((plan) => plan.differences.length > 0);
  const head = `${writes} writes, ${plans.length} plans (${reached} carried out), ${bad.length} ended differently`;
  return [head, ...bad.map(shown)].join('\n');
}

function shown({ after, mishap, differences }: PlanResult): string {
  const lines = differences.slice(0, 10).map((line) => `    ${line.slice(0, 400)}`);
  return `  ${mishap} ${after}:\n${lines.join('\n')}`;
}
