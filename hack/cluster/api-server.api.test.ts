import { describe, expect, inject, it } from 'vitest';
import { countRequests } from './audit.ts';
import { run } from './run.ts';

const kubectl = (...args: string[]) =>
  run(`${inject('kubectlFolder')}/kubectl`, [`--kubeconfig=${inject('kubeconfig')}`, ...args]);

describe('the API server of the api suite', () => {
  it('answers with the version that versions.ts names', async () => {
    const { stdout } = await kubectl('version', '-o', 'json');

    const { serverVersion } = JSON.parse(stdout) as { serverVersion: { gitVersion: string } };
    expect(serverVersion.gitVersion).toBe('v1.36.3');
  });
  it('counts requests by user in its audit log', async () => {
    await kubectl('get', 'configmaps', '--as=counted', '--as-group=system:masters');

    const counts = await countRequests(inject('auditLog'));

    expect(counts.get('admin')?.['list']).toBeGreaterThan(0);
  });
});
