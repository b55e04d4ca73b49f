import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { filesIn } from '../../test/support/files-in.ts';
import { run } from '../lib/run.ts';
import { bundle } from './bundle.ts';
import { packageOf } from './packages.ts';

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

it('is the same wherever the checkout lies, and where its packages are linked from elsewhere', async () => {
  const script = `import(${JSON.stringify(join(import.meta.dirname, 'bundle.ts'))})`;
  const packages = join(folder, 'packages');
  const places = [join(folder, 'a'), join(folder, 'deep/down/b')];
  mkdirSync(join(packages, 'part'), { recursive: true });
  writeFileSync(join(packages, 'part/index.js'), 'export const part = 1;\n');
  writeFileSync(join(packages, 'part/package.json'), '{"name": "part", "version": "1.2.3"}\n');
  for (const place of places) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'main.ts'), 'console.log(await import("part"));\n');
  }
  symlinkSync(packages, join(places[0] ?? '', 'node_modules'));
  cpSync(packages, join(places[1] ?? '', 'node_modules'), { recursive: true });

  for (const cwd of places) {
    const call = `.then(({ bundle }) => bundle({ entry: 'main.ts', outfile: 'out/main.js' }))`;
    await run(process.execPath, ['--eval', script + call], { cwd });
  }

  const [one, other] = places.map((place) => filesIn(join(place, 'out')));
  expect(Object.keys(one ?? {})).toHaveLength(5);
  expect(one).toMatchObject({ 'node_modules/part/package.json': '{"name":"part","version":"1.2.3"}\n' });
  expect(other).toEqual(one);
});

it.each([
  ['src/main.ts', undefined],
  ['node_modules/zod/v4/index.js', 'node_modules/zod'],
  ['node_modules/@aws-sdk/client-ecs/dist/index.js', 'node_modules/@aws-sdk/client-ecs'],
  ['node_modules/a/node_modules/b/index.js', 'node_modules/a/node_modules/b'],
])('knows the package of %s', (input, expected) => {
  expect(packageOf(input)).toBe(expected);
});

it('keeps the analysis of repositories out of what every step of a build loads', async () => {
  await bundle({ entry: 'src/step.ts', outfile: join(folder, 'step.js') });

  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const analysing = files.filter((name) => readFileSync(join(folder, name), 'utf8').includes('Cargo.toml'));

  expect(analysing).toEqual([expect.stringMatching(/^derive-/)]);
});

it('keeps ssh out of what an operator loads that follows nothing over it, and makes it without native code', async () => {
  const { warnings } = await bundle({ entry: 'src/source/resolve-ref.ts', outfile: join(folder, 'source.js') });

  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const speaking = files.filter((name) => readFileSync(join(folder, name), 'utf8').includes('ssh-userauth'));
  const load = `import(${JSON.stringify(join(folder, speaking[0] ?? ''))})`;
  const { output } = await run(process.execPath, ['--input-type=module', '-e', load]);

  expect(warnings).toEqual([]);
  expect(speaking).toEqual([expect.stringMatching(/^over-ssh-/)]);
  expect(output).toBe('');
});
