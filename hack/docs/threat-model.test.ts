import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const page = readFileSync('docs/threat-model.md', 'utf8');
const [, ...tables] = page.split('| threat | what stops it | shown by |\n|---|---|---|\n');
const threats = tables.flatMap((table) => table.slice(0, table.indexOf('\n\n')).split('\n'));

function proofsOf(line: string): [words: string, file: string][] {
  const last = line.split(' | ').at(-1) ?? '';
  return [...last.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, words = '', file = '']) => [words, file]);
}

it('has a table for every part', () => {
  expect(tables).toHaveLength(5);
  expect(threats.length).toBeGreaterThan(20);
});

it.each(threats)('%s', (line) => {
  const proofs = proofsOf(line);

  expect(proofs.length).toBeGreaterThan(0);
  for (const [words, link] of proofs) {
    const file = join('docs', link);
    expect(file).toMatch(/\.test\.ts$/);
    expect(existsSync(file) && readFileSync(file, 'utf8').includes(words)).toBe(true);
  }
});
