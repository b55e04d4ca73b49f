import { byDefault, fact } from '../plan/fact.ts';
import type { Draft } from '../plan/plan.ts';
import { firstOf, type Tree } from '../tree/tree.ts';
import { siteStage, siteStart } from './site.ts';

/** Finished files. */
export function staticSite(tree: Tree): Draft | undefined {
  const index = firstOf(tree, ['index.html', 'public/index.html', 'dist/index.html', 'site/index.html']);
  if (index === undefined) return undefined;
  const folder = index.includes('/') ? (index.split('/')[0] ?? '.') : '.';
  const source = tree.name(index);
  return {
    language: fact('static', source, 'the file exists, and no manifest of a language'),
    version: byDefault('', 'files have none'),
    start: siteStart,
    output: fact(folder, source, 'the file exists'),
    keep: [folder],
    stages: [siteStage({ folder: folder === '.' ? '.' : `${folder}/`, singlePage: false })],
  };
}
