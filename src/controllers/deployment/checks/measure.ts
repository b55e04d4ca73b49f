import type { Measured } from '../../../checks/measurer.ts';
import { keyOf } from '../../../kube/index.ts';
import type { Decision } from '../../../rollout/engine/decide.ts';
import type { Look } from '../look.ts';
import { namedChecks } from './named.ts';

/** Starts the measurements that are due; they wake the Deployment when they have ended. */
export function keepMeasuring(look: Look, { runs, state, aim }: Decision): number | undefined {
  const key = keyOf(look.deployment);
  if (runs.length === 0) return look.measurer.keep(key, [], undefined);
  const checks = namedChecks(look);
  const wanted = runs.flatMap((run) => {
    const check = checks.find(({ name }) => name === run.name);
    return check === undefined ? [] : [{ run, check }];
  });
  return look.measurer.keep(key, wanted, subjectOf(look, { state, aim }));
}

function subjectOf(look: Look, { state, aim }: Pick<Decision, 'state' | 'aim'>): Measured | undefined {
  const { namespace = '', name } = look.deployment.metadata;
  const find = (number: number | undefined) => look.releases.find((release) => release.number === number);
  const release = find(state.rollout?.release);
  if (release === undefined || state.rollout === undefined) return undefined;
  const { number, image, commit } = release;
  return {
    namespace,
    name,
    release: { number, name: release.name, image, ...(commit === undefined ? {} : { commit }) },
    live: find(state.live),
    step: state.rollout.step,
    weight: aim.stage?.weight ?? 100,
    stored: release,
  };
}
