import { isKubeError } from '../errors/errors.ts';

/** For what may be gone by now, which is no failure: the answer, or undefined when the server has no such object. */
export async function ifPresent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isKubeError(error, 'NotFound')) return undefined;
    throw error;
  }
}
