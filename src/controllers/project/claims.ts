import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Project } from '../../crds/project/project.ts';
import { controllerOf, isControlledBy } from '../../kube/index.ts';
import { labels, manager } from '../../objects/labels.ts';
import type { Read } from '../../objects/wire.ts';

/** Deployments that name one environment of a Project, by whose they are. */
export interface Claims {
  /** Made by this Project. */
  readonly own: readonly Read<Deployment>[];
  /** Made by a Project of this name, and left behind when it was deleted alone: free to be taken back. */
  readonly orphaned: readonly Read<Deployment>[];
  /** Of the user, of GitOps, of anybody else. */
  readonly others: readonly Read<Deployment>[];
}

/** `named` are all Deployments whose projectRef is this Project. What is being deleted claims nothing. */
export function claimsOn(environment: string, named: readonly Read<Deployment>[], project: Read<Project>): Claims {
  const claiming = named
    .filter(({ metadata, spec }) => spec.environment === environment && metadata.deletionTimestamp === undefined)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const own = claiming.filter((deployment) => isControlledBy(deployment, project));
  const orphaned = claiming.filter((deployment) => isOrphan(deployment, project));
  const others = claiming.filter((deployment) => !own.includes(deployment) && !orphaned.includes(deployment));
  return { own, orphaned, others };
}

function isOrphan(deployment: Read<Deployment>, project: Read<Project>): boolean {
  const written = deployment.metadata.labels ?? {};
  return (
    controllerOf(deployment) === undefined &&
    written[labels.managedBy] === manager &&
    written[labels.project] === project.metadata.name
  );
}
