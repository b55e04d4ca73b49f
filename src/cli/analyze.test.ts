import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { analyze } from './analyze.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'vish-analyze-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

it('shows the plan with its evidence, and both files', () => {
  write('index.html', '<p>');
  write('.dockerignore', 'drafts\n');

  const { code, out } = analyze([folder]);

  expect(code).toBe(0);
  expect(out).toContain('language   static  <- index.html: the file exists');
  expect(out).toContain('--- Dockerfile\n# static');
  expect(out).toMatch(/--- \.dockerignore\n\.git\n[^]*\ndrafts$/);
});

it('prints the same for programs', () => {
  write('index.html', '<p>');

  const { plan, dockerfile } = JSON.parse(analyze([folder, '--json']).out) as {
    plan: { port: object };
    dockerfile: string;
  };

  expect(plan.port).toEqual({ value: 8080, source: 'default', evidence: 'the image sets PORT to it' });
  expect(dockerfile).toContain('\nUSER 10001:10001\n');
});

it('fails with an explanation when nothing is recognised', () => {
  write('README.md', '');

  expect(analyze([folder])).toMatchObject({
    code: 1,
    out: expect.stringContaining('no kind of project is recognised'),
  });
});

it.each([[[]], [['a', 'b']], [['/no/such/folder']], [['--evil', '.']]])('says how it is called after %j', (args) => {
  expect(analyze(args)).toMatchObject({ code: 2, error: expect.any(String) });
});
