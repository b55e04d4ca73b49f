import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Analysis, analyse } from '../images/analysis/analyse.ts';
import { describe } from '../images/analysis/describe.ts';
import { folderTree } from '../images/analysis/tree/folder-tree.ts';
import { AnalysisError, type Tree } from '../images/analysis/tree/tree.ts';
import { ownIgnore, renderIgnore } from '../images/dockerfile/ignore.ts';
import { renderDockerfile } from '../images/dockerfile/render.ts';

export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly out: string;
  readonly error?: string;
}

export const analyzeUsage =
  'vish analyze DIR [--path FOLDER] [--dockerfile FILE] [--context FOLDER] [--stage NAME] [--json]';

/** What Vish would make of a folder, with where it knows it from. Reads that folder alone, and needs no cluster. */
export function analyze(args: readonly string[]): Outcome {
  const choices = parsed(args);
  if (typeof choices === 'string') return { code: 2, out: '', error: `${choices}\nusage: ${analyzeUsage}` };
  const { folder, json, ...build } = choices;
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return { code: 2, out: '', error: `${folder} is no folder` };
  }
  try {
    const tree = folderTree(folder);
    const analysis = analyse(tree, build);
    const files = filesOf(analysis, tree);
    const out = json ? JSON.stringify({ ...analysis, ...files }, null, 2) : textOf(analysis, files);
    return { code: analysis.kind === 'Unknown' ? 1 : 0, out };
  } catch (error) {
    if (error instanceof AnalysisError) return { code: 1, out: '', error: error.message };
    throw error;
  }
}

interface Files {
  readonly dockerfile?: string;
  readonly dockerignore?: string;
}

function filesOf(analysis: Analysis, tree: Tree): Files {
  if (analysis.kind !== 'Plan') return {};
  const { plan } = analysis;
  return { dockerfile: renderDockerfile(plan), dockerignore: renderIgnore(plan, ownIgnore(tree, plan)) };
}

function textOf(analysis: Analysis, { dockerfile, dockerignore }: Files): string {
  const lines = describe(analysis);
  if (dockerfile === undefined || dockerignore === undefined) return lines.join('\n');
  return [...lines, '', '--- Dockerfile', dockerfile, '--- .dockerignore', dockerignore.trimEnd()].join('\n');
}

function parsed(args: readonly string[]) {
  try {
    const options = {
      path: { type: 'string', default: '.' },
      dockerfile: { type: 'string' },
      context: { type: 'string' },
      stage: { type: 'string' },
      json: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) return 'name one folder';
    return { folder, ...values, path: values.path.replace(/^\.\/(?=.)|\/$/g, '') };
  } catch (error) {
    return (error as Error).message;
  }
}
