import type { PlanResult } from '../../test/harness/kill/kill-plan.ts';

type Plan = Pick<PlanResult, 'after'>;

/** `KILL_AFTER=10-20` takes the kills after these writes alone: all of them take longer than somebody may have. */
export function wantedPlans(quick: boolean, range = process.env['KILL_AFTER']): (plan: Plan) => boolean {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (first !== undefined) return ({ after }) => after >= Number(first) && after <= Number(last);
  if (range !== undefined) throw new Error(`KILL_AFTER=${range}: write two numbers, such as 10-20`);
  return ({ after }) => !quick || after % 10 === 5;
}
