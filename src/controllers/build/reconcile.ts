import type { Build } from '../../crds/build/build.ts';
import { done, formatKey, type Reconcile, type ReconcileContext, type Result, type Stored } from '../../kube/index.ts';
import { act } from './act.ts';
import { decide, refOf } from './decide.ts';
import type { BuildParts } from './parts.ts';
import { sweep } from './sweep.ts';
import { awaitsVoucher } from './trust.ts';

type Run = Pick<ReconcileContext, 'signal' | 'log'>;

/** Looks at one Build and brings it one step further: gather, decide, act. */
export function createReconcile(parts: BuildParts): Reconcile {
  const { builds, projects, driver, admissions, clock, wake } = parts;

  const work = async (build: Stored<Build>, { signal, log }: Run): Promise<Result> => {
    const { namespace = '' } = build.metadata;
    const project = projects.store.get(`${namespace}/${build.spec.projectRef.name}`);
    const progress = driver.observe(refOf(build));
    const now = clock.now();
    const decision = decide({
      build,
      hasProject: project?.metadata.deletionTimestamp === undefined && project !== undefined,
      awaitsVoucher: awaitsVoucher(build, project?.metadata.uid),
      progress,
      now,
    });
    return act({ build, project, decision, now, signal, log }, parts);
  };

  return async (key, run) => {
    const build = builds.store.get(formatKey(key));
    if (build !== undefined && build.metadata.deletionTimestamp === undefined) return work(build, run);
    await sweep(parts, run.signal, formatKey(key));
    for (const next of admissions.next()) wake(next);
    return done;
  };
}
