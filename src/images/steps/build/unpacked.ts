import { mkdir } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { StepContext } from '../context.ts';
import { Tail } from '../program/lines.ts';
import { ended, startProgram } from '../program/program.ts';
import { StepError } from '../step-error.ts';
import { programEnv } from './builder.ts';

/**
 * Unpacks a tar while somebody writes it, and returns the writer's exit code. Twice as fast as BuildKit's own way to write a
 * folder, which sends each file in small pieces.
 */
export async function unpacked(
  folder: string,
  { signal }: Pick<StepContext, 'signal'>,
  write: (into: Writable) => Promise<number>,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  const said = new Tail(5);
  const onLine = (line: string) => said.add(`${line}\n`);
  const args = ['--extract', '--no-same-owner', `--directory=${folder}`];
  const tar = startProgram('tar', args, { env: programEnv(), signal, reads: true, onLine });
  const over = ended(tar);
  const into = tar.stdin as Writable;
  // What tar says when it ends too early tells more than that nobody reads.
  into.on('error', () => undefined);
  // A program that writes has an end of its own; as long as there is one more, tar waits.
  const [written] = await Promise.allSettled([write(into).finally(() => into.destroy())]);
  const code = await over;
  if (/no space left|quota exceeded/i.test(said.last().join('\n'))) throw diskFull(said);
  if (written.status === 'rejected') throw written.reason;
  if (written.value === 0 && code !== 0) throw incomplete(said);
  return written.value;
}

function diskFull(said: Tail): StepError {
  return new StepError('BuildDiskFull', 'the image takes more space than the build may store', { lines: said.last() });
}

function incomplete(said: Tail): StepError {
  return new StepError('BuilderUnavailable', 'the image did not arrive whole from the builder', { lines: said.last() });
}
