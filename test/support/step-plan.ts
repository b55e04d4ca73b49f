import type { BuildStepPlan } from '../../src/images/steps/plans.ts';

/** What a build step is told when nobody asks for anything. */
export function aBuildStepPlan(change: Partial<BuildStepPlan> = {}): BuildStepPlan {
  return {
    path: '.',
    args: [],
    platforms: [],
    labels: {},
    registries: [],
    cacheMegabytes: 1,
    attestations: { provenance: false },
    processes: 1000,
    ...change,
  };
}
