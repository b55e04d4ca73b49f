import type { Project } from '../../crds/project/project.ts';
import { done, formatKey, keyOf, type Logger, type Reconcile, type StatusWriter } from '../../kube/index.ts';
import { projects } from '../../objects/vish.ts';
import type { Clock } from '../../seams/clock.ts';
import { type Acting, type Applied, applyAll, giveUp } from './act.ts';
import { changed } from './events.ts';
import { type Found, type Plan, planFor } from './plan.ts';
import { conditionsOf, environmentsOf, summaryOf } from './status.ts';
import { foundFor, type Stores } from './stores.ts';

export interface Parts extends Omit<Acting, 'project' | 'signal'> {
  readonly clock: Pick<Clock, 'now'>;
  readonly stores: Stores;
  readonly writer: StatusWriter<Project>;
}

/** Quotas are not watched. */
const refusedLookMs = 60_000;

/** One look at a Project: its environments become Deployments, and what they run becomes its status. */
export function createReconcile(parts: Parts): Reconcile {
  return async (key, { signal, log }) => {
    const project = parts.stores.projects.store.get(formatKey(key));
    // What a deletion takes along is decided by whoever deletes: background, foreground or orphan.
    if (project === undefined || project.metadata.deletionTimestamp !== undefined) return done;
    const found = foundFor(project, parts.stores);
    const plan = planFor(found);
    const acting = { ...parts, project, signal };
    const applied = await applyAll(acting, plan.apply);
    await giveUp(acting, plan);
    await tell({ ...parts, log }, acting, { found, plan, applied });
    return applied.tryAgain ? { requeueAfterMs: refusedLookMs } : done;
  };
}

interface Done {
  readonly found: Found;
  readonly plan: Plan;
  readonly applied: Applied;
}

async function tell(
  parts: Parts & { log: Logger },
  { project, signal }: Acting,
  { found, plan, applied }: Done,
): Promise<void> {
  const { writer, written, recorder, clock, log } = parts;
  const summary = summaryOf(project, plan, applied.refused);
  const draft = writer.begin(project);
  draft.set({
    observedGeneration: project.metadata.generation,
    environments: environmentsOf(project, withApplied(found.named, applied.objects)),
  });
  draft.setConditions(conditionsOf(project, summary, new Date(clock.now())));
  const stored = await draft.commit({ signal, log });
  if (stored === undefined || stored === project) return;
  written.wrote({ key: keyOf(project), uid: project.metadata.uid }, projects, stored);
  changed(project, summary).forEach((notice) => recorder.record(notice));
}

/** What was just written is not in the caches yet; told later, it would cost a second write. */
function withApplied(named: Found['named'], objects: Applied['objects']): Found['named'] {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  return [...named.filter(({ metadata }) => !uids.has(metadata.uid)), ...objects];
}
