import { relative } from 'node:path';
import { afterAll, expect } from 'vitest';
import { watchMemory } from './memory.ts';
import { watchForLeaks } from './open-handles.ts';
import { rememberOrigins } from './origins.ts';

/** A setup file of every suite: what a test file opens, it closes. Hooks end in reverse order, so this one is the last. */

const withinMs = 2_000;
/** fast-check's table of all characters alone takes 80. */
const limitMiB = 128;

// Node opens the process's own streams at first use and never closes them.
void [process.stdin, process.stdout, process.stderr];
rememberOrigins();
const file = relative(process.cwd(), expect.getState().testPath ?? 'a test file');
const handles = watchForLeaks(`${file} left open`);
const memory = watchMemory(`${file} left in memory`);

afterAll(async () => {
  await handles.expectNone(withinMs);
  await memory.expectBounded(limitMiB);
});
