import { describe, expect, it } from 'vitest';
import { createReporter } from './reporter.ts';

describe('progress', () => {
  const written = (isTTY: boolean) => {
    const chunks: string[] = [];
    const reporter = createReporter({ isTTY, write: (text: string) => chunks.push(text) > 0 });
    reporter.progress('working, 1 s');
    reporter.say('done');
    return chunks.join('');
  };

  it('overwrites its line on a terminal', () => {
    expect(written(true)).toBe('\r\u001b[2Kworking, 1 s\r\u001b[2Kdone\n');
  });

  it('prints plain lines only without a terminal', () => {
    expect(written(false)).toBe('done\n');
  });
});
