import { randomUUID } from 'node:crypto';
import { findMarked } from '../../../hack/cluster/process-table.ts';

const variable = 'VISH_TEST_SUITE';

/**
 * Marks what this process starts from now on; the mark is inherited, so grandchildren that lost their parent are found
 * too. A process that is started with an environment of its own must take the variable along.
 */
export function markProcesses() {
  const before = process.env[variable];
  const mark = randomUUID();
  process.env[variable] = mark;
  return {
    async alive(): Promise<string[]> {
      const marked = await findMarked(variable);
      const ours = marked.filter((found) => found.mark === mark);
      return ours.map(({ pid, command }) => `process ${pid}: ${command.join(' ').slice(0, 200)}`);
    },
    unmark() {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    },
  };
}

/** For what takes the place of something that was there before the mark, and stays. */
export async function unmarked<T>(work: () => Promise<T>): Promise<T> {
  const { [variable]: mark } = process.env;
  delete process.env[variable];
  try {
    return await work();
  } finally {
    if (mark !== undefined) process.env[variable] = mark;
  }
}
