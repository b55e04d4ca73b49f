import type { Look } from '../look.ts';
import type { Parts } from '../parts.ts';
import { newActions } from './take.ts';

/**
 * What people ask for is written down before it is done, and then done in the same look: whoever takes a bad release back
 * does not wait until the cache shows what was written. Undefined when the Deployment is gone.
 */
export async function noteActions(parts: Pick<Parts, 'writeStatus'>, look: Look): Promise<Look | undefined> {
  const taken = newActions(look);
  if (taken === undefined) return look;
  const deployment = await parts.writeStatus(look, taken);
  return deployment && { ...look, deployment };
}
