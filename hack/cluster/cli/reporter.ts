import type { WriteStream } from 'node:tty';
import type { Reporter } from '../driver.ts';

const clearLine = '\r\u001b[2K';

/** Writes progress to stderr, so that stdout stays free for what a program reads. */
export function createReporter(out: Pick<WriteStream, 'write' | 'isTTY'> = process.stderr): Reporter {
  const terminal = out.isTTY;
  let open = false;
  const close = () => {
    if (open) out.write(clearLine);
    open = false;
  };
  return {
    terminal,
    say: (line) => {
      close();
      out.write(`${line}\n`);
    },
    progress: (line) => {
      if (!terminal) return;
      out.write(`${clearLine}${line}`);
      open = true;
    },
  };
}
