import { SourceError } from '../../src/source/errors.ts';

/** The SourceError that the attempt ends with; anything else is a failure of the test. */
export async function failure(attempt: Promise<unknown>): Promise<SourceError> {
  const error = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof SourceError) return error;
  throw new Error('the attempt did not fail with a SourceError', { cause: error });
}
