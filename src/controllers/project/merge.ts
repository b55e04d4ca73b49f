import type { PartialWorkload } from '../../crds/workload/workload.ts';

type Variables = NonNullable<PartialWorkload['env']>;

/**
 * The workload of a service as one environment has it: a field of the override replaces that of the service as a whole;
 * variables are named things, so they are replaced one by one and stand where the service has them.
 */
export function mergeWorkload(service: PartialWorkload = {}, override: PartialWorkload = {}): PartialWorkload {
  const merged = { ...service, ...override };
  return service.env && override.env ? { ...merged, env: mergeNamed(service.env, override.env) } : merged;
}

function mergeNamed(ours: Variables, theirs: Variables): Variables {
  const byName = new Map([...ours, ...theirs].map((variable) => [variable.name, variable]));
  return [...byName.values()];
}
