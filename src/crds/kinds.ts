import { build } from './build/build.ts';
import { deployment } from './deployment/deployment.ts';
import type { Kind } from './kind/kind.ts';
import { previewDeployment } from './previewdeployment/previewdeployment.ts';
import { project } from './project/project.ts';
import { target } from './target/target.ts';

/** Every kind, in the order of the documentation. */
export const kinds: readonly Kind[] = [project, deployment, previewDeployment, build, target];
