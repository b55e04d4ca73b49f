import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../lib/run.ts';
import { bundle } from './bundle.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'vish-bundle-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('makes one file that runs by itself and whose stack traces name the source', async () => {
  const entry = join(folder, 'main.ts');
  writeFileSync(join(folder, 'part.ts'), 'export function fail(): never {\n  throw new Error("as planned");\n}\n');
  writeFileSync(entry, 'import { fail } from "./part.ts";\n\nconst code: number = 3;\nif (code) fail();\n');
  const outfile = join(folder, 'out', 'main.js');

  const { bytes, warnings } = await bundle({ entry, outfile });
  rmSync(join(folder, 'part.ts'));
  const { output } = await run(process.execPath, ['--enable-source-maps', outfile], { allowFailure: true });

  expect(bytes).toBeGreaterThan(100);
  expect(warnings).toEqual([]);
  expect(output).toContain('as planned');
  expect(output).toMatch(/part\.ts:2/);
});

it('keeps the analysis of repositories out of what every step of a build loads', async () => {
  await bundle({ entry: 'src/step.ts', outfile: join(folder, 'step.js') });

  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const analysing = files.filter((name) => readFileSync(join(folder, name), 'utf8').includes('Cargo.toml'));

  expect(analysing).toEqual([expect.stringMatching(/^derive-/)]);
});
