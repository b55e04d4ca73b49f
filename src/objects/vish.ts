import type { Build } from '../crds/build/build.ts';
import type { Deployment } from '../crds/deployment/deployment.ts';
import { group, version } from '../crds/kind/kind.ts';
import type { Project } from '../crds/project/project.ts';
import type { Target } from '../crds/target/target.ts';
import { namespacedResource } from './wire.ts';

/*
 * Only the types come from the schemas: the API server has checked every object by them, and to build them at the start
 * would cost every operator 7 MiB.
 */

export const projects = namespacedResource<Project>(group, version, 'Project', 'projects');
export const deployments = namespacedResource<Deployment>(group, version, 'Deployment', 'deployments');
export const builds = namespacedResource<Build>(group, version, 'Build', 'builds');
export const targets = namespacedResource<Target>(group, version, 'Target', 'targets');
