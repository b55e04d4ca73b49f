/** What the server sent cannot be read. The text itself is left out: it may hold a Secret. */
export class UndecodableError extends Error {
  constructor(problem: string) {
    super(`read an answer of the API server: ${problem}`);
    this.name = 'UndecodableError';
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UndecodableError(`${text.length} characters that are not JSON`);
  }
}

/** The result of `read`, or an UndecodableError for whatever it throws: zod's complaints quote no values. */
export function orUndecodable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UndecodableError) throw error;
    throw new UndecodableError(error instanceof Error ? error.message : String(error));
  }
}
