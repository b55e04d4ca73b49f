import { isolation } from './recipes/isolation.ts';
import { peers } from './recipes/peers.ts';
import { ports } from './recipes/ports.ts';
import type { Recipe } from './recipes/recipe.ts';
import { together } from './recipes/together.ts';

/** What the pages on network policies of Kubernetes' documentation describe, with who reaches whom then. */
export const recipes: readonly Recipe[] = [...isolation, ...peers, ...ports, ...together];
