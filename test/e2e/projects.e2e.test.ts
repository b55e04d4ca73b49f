import { afterAll, beforeAll, describe } from 'vitest';
import { failures } from './projects/failures.ts';
import { holds } from './projects/holds.ts';
import { ownership } from './projects/ownership.ts';
import { endWorld } from './world/verdict.ts';
import { startWorld, type World } from './world/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld('e2e-projects');
});
afterAll(() => endWorld(world));

const inOrder = { concurrent: false };
const settle = (namespace: string) => () => world.neighbour(namespace);

// Side by side, each in a namespace of its own: while one waits for its build the other ones roll out.
describe.concurrent('a Project', () => {
  describe('whose commits are no good', inOrder, () => {
    failures(settle('e2e-failures'));
  });
});
describe.concurrent('a Project', () => {
  describe('that a person holds', inOrder, () => {
    holds(settle('e2e-holds'));
  });
});
describe.concurrent('a Project', () => {
  describe('that shares with others', inOrder, () => {
    ownership(settle('e2e-ownership'));
  });
});
