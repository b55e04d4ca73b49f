import { describe, expect, it } from 'vitest';
import { run } from '../../lib/run.ts';
import { renderEnvironment, renderStatus } from './status.ts';

it.each([
  ['plain', '/home/me/vish'],
  ['with spaces', '/home/me/my projects'],
  ['with an apostrophe', "/home/o'neill/vish"],
  ['with what a shell expands', '/home/$HOME/`id`/$(id)/"x"/*'],
  ['with a line break', '/home/a\nb'],
])('prints paths that a shell takes as they are: %s', async (_, checkout) => {
  const lines = renderEnvironment(`${checkout}/.vish/kubeconfig`, [`${checkout}/bin`, '/second']);

  const script = 'eval "$1"; printf "%s\\n%s" "$KUBECONFIG" "$PATH"';
  const { stdout } = await run('/bin/sh', ['-c', script, 'sh', lines], { env: { PATH: '/usr/bin' } });

  expect(stdout).toBe(`${checkout}/.vish/kubeconfig\n${checkout}/bin:/second:/usr/bin`);
});

it('leaves PATH alone when the cluster brings no commands', () => {
  expect(renderEnvironment('/k', [])).toBe("export KUBECONFIG='/k'");
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
