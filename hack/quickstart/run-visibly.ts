import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

interface How {
  env?: NodeJS.ProcessEnv;
  /** Returns what it wrote instead of showing it; its errors and progress are shown all the same. */
  keepOutput?: boolean;
}

/** Its own words say what went wrong, so a failure only ends us: with what to do next. */
export async function runVisibly([command = '', ...args]: readonly string[], how: How = {}): Promise<string> {
  const { env = process.env, keepOutput = false } = how;
  const child = spawn(command, args, { stdio: ['inherit', keepOutput ? 'pipe' : 'inherit', 'inherit'], env });
  const output = child.stdout === null ? '' : text(child.stdout);
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (exit) => resolve(exit ?? 1));
  });
  if (code === 0) return output;
  console.error(
    `\nStopped at: ${command} ${args.join(' ')}\nMend what it says above, then run make quickstart again: it goes on where it is.`,
  );
  return process.exit(code);
}
