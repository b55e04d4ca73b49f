import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { apiVersion } from '../../src/crds/kind/kind.ts';
import { kinds } from '../../src/crds/kinds.ts';
import { parseSettings } from '../../src/settings/load.ts';
import { run } from '../lib/run.ts';
import { sampleProject } from '../quickstart/manifests.ts';
import { nextSteps } from '../quickstart/steps.ts';
import { blocksOf, documentsOf, writtenPages } from './pages.ts';

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
    const ours = blocksOf(text, 'yaml').flatMap(documentsOf).filter(isOurs);

    expect(ours.map((manifest) => problemsOf(manifest)).filter((problems) => problems !== '')).toEqual([]);
  });
});

describe.each(writtenPages())('$file', ({ text }) => {
  const values = blocksOf(text, 'yaml')
    .flatMap(documentsOf)
    .filter((document) => !isManifest(document));

  it('shows in yaml only whole manifests, and values of the chart whose settings the operator takes', () => {
    const known = Object.keys(parse(readFileSync('charts/vish/values.yaml', 'utf8')) as object);
    const named = values.flatMap((value) => Object.keys(value as object));

    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    for (const value of values)
      parseSettings(stringify((value as { settings?: unknown }).settings ?? {}), 'the example');
  });

  it('shows only commands that a shell can read, and JSON that is JSON', async () => {
    const shell = await run('bash', ['-n', '-c', blocksOf(text, 'sh').join('\n')], { allowFailure: true });

    expect(shell).toMatchObject({ code: 0, stderr: '' });
    for (const block of blocksOf(text, 'json')) JSON.parse(block);
  });
});

describe('the first Project of the README', () => {
  const readme = readFileSync('README.md', 'utf8');

  it('is the one that the quickstart applies, without its gateway', () => {
    const [shown] = blocksOf(readme, 'yaml').flatMap(documentsOf);

    expect(sampleProject('10.244.0.1:5000')).toMatchObject(shown as object);
  });

  it('shows every command that the quickstart proposes and its test runs', () => {
    const facts = { kubeconfig: '/k', folders: [], registry: '10.244.0.1:5000', gateway: 'http://127.0.0.1:1' };
    const proposed = [...nextSteps(facts).matchAll(/^ {2}((?:git|sed|kubectl) .*)$/gm)].map(([, command]) => command);
    const shown = blocksOf(readme, 'sh').join('\n').split('\n');

    expect(proposed.length).toBeGreaterThan(5);
    expect(proposed.filter((command) => !shown.includes(command ?? ''))).toEqual([]);
  });
});

interface Manifest {
  apiVersion: string;
  kind: string;
}

function isManifest(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && 'apiVersion' in value;
}

function isOurs(value: unknown): value is Manifest {
  return isManifest(value) && value.apiVersion === apiVersion;
}

function problemsOf(manifest: Manifest): string {
  const kind = kinds.find((candidate) => candidate.kind === manifest.kind);
  if (kind === undefined) return `${manifest.kind} is no kind of ours`;
  return kind.schema.safeParse(manifest).error?.message ?? '';
}
