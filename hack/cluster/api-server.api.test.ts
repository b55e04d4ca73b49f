import { basename, dirname, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { endOf, entriesSince } from '../../test/harness/requests/audit-log.ts';
import { run } from '../lib/run.ts';

const kubectl = (...args: string[]) =>
  run(`${inject('kubectlFolder')}/kubectl`, [`--kubeconfig=${inject('kubeconfig')}`, ...args]);

const main = join(import.meta.dirname, 'main.ts');

describe('the API server of the api suite', () => {
  it('answers with the version that versions.ts names', async () => {
    const { stdout } = await kubectl('version', '-o', 'json');

    const { serverVersion } = JSON.parse(stdout) as { serverVersion: { gitVersion: string } };
    expect(serverVersion.gitVersion).toBe('v1.36.3');
  });
  it('writes each request to its audit log', async () => {
    const before = await endOf(inject('auditLog'));

    await kubectl('get', 'configmaps', '--as=counted', '--as-group=system:masters');

    const entries = await entriesSince(inject('auditLog'), before);
    expect(entries).toContainEqual(expect.objectContaining({ verb: 'list', resource: 'configmaps', user: 'admin' }));
  });
  it('has its own kubectl and kubeconfig in a shell that takes the lines of `cluster env`', async () => {
    const name = basename(dirname(inject('kubeconfig')));
    const script =
      'eval "$("$1" "$2" env --name "$3")"; command -v kubectl; kubectl config view --output=jsonpath={..server}';

    const { stdout } = await run('/bin/sh', ['-c', script, 'sh', process.execPath, main, name]);

    expect(stdout).toMatch(new RegExp(`^${inject('kubectlFolder')}/kubectl\nhttps://127`));
  });
});
