import { conditionOf, conditionsOf, generationOf, type Observed } from './version.ts';

export interface Computed {
  status: 'InProgress' | 'Failed' | 'Current' | 'Terminating';
  message: string;
}

/**
 * What kstatus, and with it Flux and `helm --wait`, makes of an object. Own port of its rules for kinds that it does not
 * know; the order is part of them.
 */
export function compute(object: Observed): Computed {
  return terminating(object) ?? unobserved(object) ?? abnormal(object) ?? byReady(object);
}

function terminating({ metadata }: Observed): Computed | undefined {
  return metadata.deletionTimestamp === undefined ? undefined : { status: 'Terminating', message: 'being deleted' };
}

function unobserved(object: Observed): Computed | undefined {
  const seen = object.status?.observedGeneration;
  if (seen === undefined) return undefined;
  if (!Number.isSafeInteger(seen)) throw new TypeError(`observedGeneration is not an integer: ${String(seen)}`);
  const wanted = generationOf(object);
  return seen === wanted ? undefined : { status: 'InProgress', message: `saw generation ${seen}, wanted is ${wanted}` };
}

function abnormal(object: Observed): Computed | undefined {
  for (const { type, status, message } of conditionsOf(object)) {
    if (type === 'Reconciling' && status === 'True') return { status: 'InProgress', message };
    if (type === 'Stalled' && status === 'True') return { status: 'Failed', message };
  }
  return undefined;
}

/** The trap: an object that says nothing counts as finished. */
function byReady(object: Observed): Computed {
  const ready = conditionOf(object, 'Ready');
  if (ready === undefined || ready.status === 'True') return { status: 'Current', message: ready?.message ?? '' };
  return { status: 'InProgress', message: ready.message };
}
