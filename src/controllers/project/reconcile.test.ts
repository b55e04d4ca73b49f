import { expect, it } from 'vitest';
import type { Project } from '../../crds/project/project.ts';
import { done, type Reconcile } from '../../kube/index.ts';
import type { Read } from '../../objects/wire.ts';
import { createReconcile, type Parts } from './reconcile.ts';
import { aProject } from './test-builders.ts';

/** A controller that can find a Project and nothing else: whatever it tried to do would throw. */
function helpless(project: Read<Project> | undefined): ReturnType<Reconcile> {
  const parts = { stores: { projects: { store: { get: () => project } } } } as unknown as Parts;
  const context = { signal: new AbortController().signal } as unknown as Parameters<Reconcile>[1];
  return createReconcile(parts)({ namespace: 'team', name: 'shop' }, context);
}

it.each([
  ['is gone', undefined],
  [
    'is being deleted',
    aProject({ environments: [{ name: 'a', branch: 'b' }] }, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  ],
])('does nothing for a Project that %s', async (_what, project) => {
  expect(await helpless(project)).toBe(done);
});

it('would do something for any other', async () => {
  await expect(helpless(aProject())).rejects.toThrow(TypeError);
});
