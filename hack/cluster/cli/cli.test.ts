import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './arguments.ts';
import { createReporter } from './reporter.ts';
import { renderEnvironment, renderStatus } from './status.ts';

describe('the command line', () => {
  it('means the default full cluster when it says nothing else', () => {
    expect(parseCommandLine(['up'])).toMatchObject({
      action: 'up',
      request: { name: 'vish', apiOnly: false, hollowNodes: 0 },
    });
  });

  it.each([
    [['fly'], 'unknown action "fly"'],
    [[], 'Usage'],
    [['load'], 'at least one image archive'],
    [['up', '--hollow', '3'], 'needs --api-only'],
    [['up', '--api-only', '--hollow', 'many'], 'a number from 0 to 1000'],
  ])('%j is refused with what to write instead', (argv, message) => {
    expect(() => parseCommandLine(argv)).toThrow(message);
  });
});

describe('status', () => {
  it('names what is down first and marks its line', () => {
    const parts = [
      { name: 'etcd', healthy: true, detail: 'running', pid: 7 },
      { name: 'kubelet', healthy: false, detail: 'not running' },
    ];

    const text = renderStatus('vish', { healthy: false, parts, urls: { api: 'https://x' }, versions: { etcd: 'v3' } });

    expect(text.split('\n')).toEqual([
      'cluster vish: down: kubelet',
      '  ok   etcd     running (pid 7)',
      '  DOWN kubelet  not running',
      '  api: https://x',
      '  versions: etcd v3',
    ]);
  });
});

it('quotes paths for the shell', () => {
  expect(renderEnvironment("/it's/kubeconfig", ['/a b'])).toBe(
    `export KUBECONFIG='/it'\\''s/kubeconfig'\nexport PATH='/a b':"$PATH"`,
  );
});

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
