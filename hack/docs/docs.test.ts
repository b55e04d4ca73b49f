import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { apiVersion } from '../../src/crds/kind/kind.ts';
import { kinds } from '../../src/crds/kinds.ts';

const pages = globSync(['*.md', '{docs,src,config,hack,bench,test}/**/*.md']);
const scripts = new Set(Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts));
const targets = new Set([...readFileSync('Makefile', 'utf8').matchAll(/^([a-z]+):/gm)].map((match) => match[1]));

describe.each(pages)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('links only to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(page), link)));

    expect(broken).toEqual([]);
  });

  it('names only commands that exist', () => {
    const made = [...text.matchAll(/(?:^|`)make ([a-z]+)/gm)].map((match) => match[1]);
    const ran = [...text.matchAll(/npm run (?:--silent )?([a-z]+)/g)].map((match) => match[1]);

    expect(made.filter((name) => !targets.has(name))).toEqual([]);
    expect(ran.filter((name) => !scripts.has(name ?? ''))).toEqual([]);
  });

  it('shows only manifests that the schemas accept', () => {
    const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
    const manifests = blocks.flatMap((block) => parseAllDocuments(block).map((document) => document.toJS() as unknown));
    const ours = manifests.filter(isOurs);

    expect(ours.map((manifest) => problemsOf(manifest)).filter((problems) => problems !== '')).toEqual([]);
  });
});

interface Manifest {
  apiVersion: string;
  kind: string;
}

function isOurs(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && 'apiVersion' in value && value.apiVersion === apiVersion;
}

function problemsOf(manifest: Manifest): string {
  const kind = kinds.find((candidate) => candidate.kind === manifest.kind);
  if (kind === undefined) return `${manifest.kind} is no kind of ours`;
  return kind.schema.safeParse(manifest).error?.message ?? '';
}
