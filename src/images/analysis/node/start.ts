import { byDefault, type Fact, fact } from '../plan/fact.ts';
import { quoted, textAt } from '../read/json.ts';
import { firstOf, type Tree } from '../tree/tree.ts';
import type { Result } from './frameworks.ts';
import type { Manifest } from './manifest.ts';

const entries = ['server', 'app', 'main', 'index'].flatMap((name) =>
  ['js', 'mjs', 'cjs'].flatMap((extension) => [`${name}.${extension}`, `src/${name}.${extension}`]),
);

/** Words that a shell would hand on as they are. */
const words = /^[\w@%+:,./-]{1,200}(?: [\w@%+=:,./-]{1,200}){0,30}$/;
const forDevelopment = /\b(?:dev|watch|serve|nodemon|start)\b/;

/** Undefined when nothing says what to run. */
export function startOf(
  tree: Tree,
  manifest: Manifest,
  result: Extract<Result, { kind: 'server' }> | undefined,
  run: string,
): Fact<readonly string[]> | undefined {
  if (result?.start && !overridden(manifest, result.start)) {
    return byDefault(result.start, 'how this framework is started');
  }
  return fromScript(manifest, run) ?? fromMain(tree, manifest) ?? fromFile(tree);
}

/** A script of the author counts more than the rule, unless it starts what is meant for development. */
function overridden({ scripts }: Manifest, start: readonly string[]): boolean {
  const script = scripts['start:prod'] ?? scripts['start'] ?? '';
  const [program, ...rest] = script.split(' ');
  if (start[0] === 'sh') return false;
  return (
    program === 'node' || (program === start[0] && !forDevelopment.test(rest[0] === start[1] ? '' : (rest[0] ?? '')))
  );
}

function fromScript({ scripts, source }: Manifest, run: string): Fact<readonly string[]> | undefined {
  const name = ['start:prod', 'start'].find((each) => scripts[each] !== undefined);
  if (name === undefined) return undefined;
  const script = scripts[name] ?? '';
  // A package manager as the first process hands on no signals; a plain command can do without.
  const isPlain = words.test(script) && scripts[`pre${name}`] === undefined && scripts[`post${name}`] === undefined;
  return fact(isPlain ? script.split(' ') : [...run.split(' '), name], source, quoted(name, script));
}

function fromMain(tree: Tree, { json, source }: Manifest): Fact<readonly string[]> | undefined {
  const main = textAt(json, 'main')?.replace(/^\.\//, '');
  if (main === undefined || !/^[\w@./-]{1,200}\.[cm]?js$/.test(main) || !tree.has(main)) return undefined;
  return fact(['node', main], source, quoted('main', main));
}

function fromFile(tree: Tree): Fact<readonly string[]> | undefined {
  const entry = firstOf(tree, entries);
  return entry === undefined ? undefined : fact(['node', entry], tree.name(entry), 'the file exists');
}
