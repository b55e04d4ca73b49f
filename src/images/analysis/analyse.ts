import { healthOf } from './code/health.ts';
import { portOf, usualPort } from './code/port.ts';
import { sourcesOf } from './code/sources.ts';
import { variablesOf } from './code/variables.ts';
import { type BuildChoices, describeDockerfile, type OwnDockerfile, ownNames } from './dockerfile-facts.ts';
import { languages } from './languages/languages.ts';
import { byDefault, fact } from './plan/fact.ts';
import type { Draft, Plan } from './plan/plan.ts';
import { lineWith } from './read/lines.ts';
import { AnalysisError, below, firstOf, isPlainPath, type Tree } from './tree/tree.ts';
import { nothingIn, type Unknown, unknown } from './unknown.ts';

export type Analysis = OwnDockerfile | { readonly kind: 'Plan'; readonly plan: Plan } | Unknown;

/** Numeric, so that Kubernetes can see that it is not root; and of nobody on the machine. */
const user = byDefault(10_001, 'never root, and a number that Kubernetes can check');

/**
 * How a service of a repository becomes an image: by its own Dockerfile, or by what its files tell. Reads the tree and nothing
 * else, runs nothing of it, and throws for no repository whatever.
 */
export function analyse(tree: Tree, choices: BuildChoices): Analysis {
  try {
    const names = choices.dockerfile === undefined ? ownNames : [choices.dockerfile];
    const paths = names.map((name) => joined(choices.path, name));
    const own = firstOf(tree, paths);
    if (own !== undefined) return describeDockerfile(tree, own, choices);
    if (choices.dockerfile === undefined) return derived(tree, choices);
    return unknown(`there is no file "${paths[0]}"; correct build.dockerfile, or take it out`, []);
  } catch (error) {
    if (error instanceof AnalysisError) return unknown(error.message, []);
    throw error;
  }
}

function derived(tree: Tree, { path }: BuildChoices): Analysis {
  if (path !== '.' && !isPlainPath(path)) throw new AnalysisError(`"${path}" has characters that no Dockerfile takes`);
  const service = below(tree, path);
  if (service.files.length === 0) throw new AnalysisError(`the repository has no files in "${path}"; correct path`);
  for (const language of languages) {
    const draft = language(tree, path);
    if (draft !== undefined) return { kind: 'Plan', plan: complete(withProcfile(draft, service), { service, path }) };
  }
  return nothingIn(service, path);
}

function complete(draft: Draft, { service, path }: { service: Tree; path: string }): Plan {
  const sources = sourcesOf(service);
  const isSite = draft.output !== undefined;
  const found = isSite ? undefined : portOf(sources);
  return {
    ...draft,
    path,
    context: draft.context ?? byDefault(path, 'the folder of the service'),
    port: draft.port ?? found ?? byDefault(usualPort, 'the image sets PORT to it'),
    health: draft.health ?? (isSite ? fact('/', draft.output?.source ?? '', 'index.html') : healthOf(sources)),
    user,
    caches: draft.caches ?? [],
    variables: variablesOf(service, sources),
    notes: [...(draft.notes ?? []), ...(service.complete ? [] : ['there are more files than were looked at'])],
  };
}

/** What the author wrote for other platforms counts more than what is usual. */
function withProcfile(draft: Draft, tree: Tree): Draft {
  const web = draft.output === undefined ? lineWith(tree, 'Procfile', /^web:\s{0,9}(\S.{0,1000})$/) : undefined;
  if (web === undefined) return draft;
  return { ...draft, start: fact(['sh', '-c', web.found], tree.name('Procfile'), web.line) };
}

function joined(folder: string, file: string): string {
  return folder === '.' ? file : `${folder}/${file}`;
}
