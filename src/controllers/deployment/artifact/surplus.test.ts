import { expect, it } from 'vitest';
import type { Build } from '../../../crds/build/build.ts';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Project } from '../../../crds/project/project.ts';
import type { Read } from '../../../objects/wire.ts';
import { endedSurplus } from './surplus.ts';

/** Build n was made at minute n; its image is called after it. */
function aBuild(n: number, reason: string): Read<Build> {
  const condition = { type: 'Ready', status: reason === 'BuildSucceeded' ? 'True' : 'False', reason, message: '' };
  const creationTimestamp = new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
  const status = { image: `image-${n}`, conditions: [{ ...condition, lastTransitionTime: creationTimestamp }] };
  return { metadata: { name: `build-${n}`, creationTimestamp }, status } as unknown as Read<Build>;
}

function surplus(builds: Read<Build>[], historyLimit: number, status: Partial<Deployment['status']> = {}): string[] {
  const project = { metadata: { namespace: 'shop', uid: 'p' }, spec: { builds: { historyLimit } } };
  const store = (objects: unknown[]) => ({ store: { byIndex: () => objects } }) as never;
  const stores = { builds: store(builds), deployments: store([{ status }]) };
  return endedSurplus(project as unknown as Read<Project>, stores).map(({ metadata }) => metadata.name);
}

const ended = [3, 1, 5, 2, 4].map((n) => aBuild(n, n % 2 === 0 ? 'BuildCommandFailed' : 'BuildSucceeded'));

it('is the oldest that ended, whatever came of them', () => {
  expect(surplus(ended, 2)).toEqual(['build-3', 'build-2', 'build-1']);
  expect(surplus(ended, 5)).toEqual([]);
});

it('is never what runs, is waited for, or made an image that can be gone back to', () => {
  const history = [{ image: 'image-1' }] as never;

  expect(surplus([...ended, aBuild(0, 'Building')], 2, { build: 'build-2', history })).toEqual(['build-3']);
});

it('goes in small parts, the oldest first', () => {
  const many = Array.from({ length: 30 }, (_, n) => aBuild(n, 'BuildSucceeded'));

  expect(surplus(many, 1)).toHaveLength(10);
  expect(surplus(many, 1)).toContain('build-0');
});
