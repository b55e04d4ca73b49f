import type { Build } from '../../crds/build/build.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Project } from '../../crds/project/project.ts';
import { placeOf } from '../../images/registry/reference.ts';
import type { Informer } from '../../kube/index.ts';
import { annotations } from '../../objects/labels.ts';
import type { Read } from '../../objects/wire.ts';
import type { ControllerRevision } from '../../objects/workloads.ts';
import { endedSurplus } from '../deployment/artifact/surplus.ts';
import { type InUse, inUse } from './in-use.ts';

/** The caches that tell what is used. */
export interface Seen {
  readonly builds: Pick<Informer<Build>, 'store'>;
  readonly deployments: Pick<Informer<Deployment>, 'store'>;
  readonly projects: Pick<Informer<Project>, 'store'>;
  readonly revisions: Pick<Informer<ControllerRevision>, 'store'>;
}

interface Candidate {
  readonly build: Read<Build>;
  readonly isUnused: boolean;
  readonly keep: readonly string[];
}

/** Where images are kept: what bears a mark from before. */
export function markedOnly({ builds }: Pick<Seen, 'builds'>, { metadata: { uid } }: Read<Project>): Candidate[] {
  const marked = builds.store.byIndex('owner', uid).filter(isMarked);
  return marked.map((build) => ({ build, isUnused: false, keep: [] }));
}

/** The Builds beyond the limit, oldest last, and those with a mark. */
export function candidatesOf({ builds, deployments, projects, revisions }: Seen, project: Read<Project>): Candidate[] {
  const own = builds.store.byIndex('owner', project.metadata.uid);
  const surplus = new Set(endedSurplus(project, { builds, deployments }, Number.POSITIVE_INFINITY));
  const uids = new Set([...surplus].map(({ metadata }) => metadata.uid));
  const used = inUse(
    { deployments: deployments.store, projects: projects.store, revisions: revisions.store, builds: builds.store },
    uids,
  );
  // A copy that runs elsewhere may be pulled through from here.
  const copied = own.flatMap(({ status }) => (used.has(status?.digest ?? '') ? [status?.digest ?? ''] : []));
  return own
    .filter((build) => surplus.has(build) || isMarked(build))
    .map((build) => ({ build, isUnused: surplus.has(build) && !used.has(build.status?.digest ?? '') }))
    .filter(({ build, isUnused }) => isUnused || isMarked(build))
    .map(({ build, isUnused }) => ({ build, isUnused, keep: keptBeside(build, used, copied) }));
}

/** Images of other Projects too: parts of an index may be theirs. */
function keptBeside({ status }: Read<Build>, used: InUse, copied: readonly string[]): string[] {
  const place = placeOf(status?.image ?? '');
  return [...new Set([...copied, ...(place === undefined ? [] : used.at(place))])];
}

function isMarked({ metadata }: Read<Build>): boolean {
  return metadata.annotations?.[annotations.unusedSince] !== undefined;
}
