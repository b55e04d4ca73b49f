import { siteStart } from '../languages/site.ts';
import { toolVersion, versionFile, versionOf } from '../plan/declared.ts';
import { byDefault, type Fact, fact } from '../plan/fact.ts';
import type { Draft } from '../plan/plan.ts';
import { unlocked } from '../plan/unlocked.ts';
import { quoted, textAt } from '../read/json.ts';
import { AnalysisError, below, type Tree } from '../tree/tree.ts';
import { commandsOf } from './commands.ts';
import { frameworkOf, type Result } from './frameworks.ts';
import { lockOf, type Manager, managerOf } from './manager.ts';
import { type Manifest, manifestFile, readManifest } from './manifest.ts';
import { inFolder, type Making, type Parts, scriptCommand, stagesOf } from './stages.ts';
import { startOf } from './start.ts';
import { rootOf, workspaceOf } from './workspace.ts';

const versions = { known: ['18', '20', '22', '24', '26'], preferred: '24' };
const bunVersions = { known: ['1'], preferred: '1' };

/** A service in JavaScript or TypeScript, for Node or Bun, alone or in a workspace. `path` is its folder in the whole tree. */
export function node(repository: Tree, path: string): Draft | undefined {
  const tree = below(repository, path);
  const manifest = readManifest(tree);
  if (manifest === undefined) return undefined;
  const workspace = rootOf(repository, path);
  if (workspace === undefined && startless(manifest)) refuseRoot(tree);
  const root = workspace === undefined ? tree : below(repository, workspace.root);
  const manager = managerOf(root, workspace === undefined ? manifest : (readManifest(root) ?? manifest));
  const draft = draftOf({ tree, root, manifest, manager, member: workspace?.member, workspace: workspace?.workspace });
  if (draft === undefined || workspace === undefined) return draft;
  return { ...draft, context: { ...workspace.workspace.fact, value: workspace.root } };
}

function draftOf(parts: Parts): Draft | undefined {
  const { tree, root, manifest, manager } = parts;
  const known = frameworkOf(manifest);
  const result = resultOf(parts, known?.framework.result(tree, manifest));
  const commands = commandsOf(manager);
  const start = result?.kind === 'static' ? siteStart : startOf(tree, manifest, result, commands.run);
  if (start === undefined) return nothingToRun(tree, manifest);
  const build = buildOf(parts, known?.framework.build);
  const runsOnBun = manager.name === 'bun';
  const { version, notes } = runsOnBun ? bunVersion(root, manager) : nodeVersion(tree, root, manifest);
  const installed = manager.lock === undefined ? commands.installUnlocked : commands.install;
  const install = fact(installed, ...installEvidence(root, manager));
  const making: Making = { ...parts, result, start: start.value, build, version: version.value };
  return {
    language: fact(runsOnBun ? 'bun' : 'node', manifest.source, 'the file exists'),
    version,
    framework: known?.found,
    packageManager: manager.fact,
    install,
    build,
    start,
    output: result?.kind === 'static' ? result.output : undefined,
    caches: [fact(commands.cache, manager.fact.source, `where ${manager.fact.value} keeps packages`)],
    notes: [...notes, ...notesOf(manager)],
    stages: stagesOf(making, installed),
  };
}

/** Where a workspace's build leaves a bundle differs from what is said of a repository of one package. */
function resultOf(
  { manifest, member }: Parts,
  result: Result | undefined,
): Exclude<Result, { kind: 'unfit' }> | undefined {
  if (result?.kind === 'unfit') throw new AnalysisError(`${manifest.source}: ${result.advice}`);
  if (result?.kind === 'static') return (manifest.scripts['start'] ?? '').startsWith('node ') ? undefined : result;
  if (result?.only === undefined || member === undefined) return result;
  return result.only[0]?.path === '.output' ? { ...result, only: [] } : { kind: 'server', start: ['next', 'start'] };
}

function buildOf({ manifest: { scripts, source }, ...parts }: Parts, usual: string | undefined): Fact | undefined {
  const script = scripts['build'];
  if (script !== undefined) return fact(scriptCommand(parts, 'build'), source, quoted('build', script));
  return usual === undefined ? undefined : byDefault(inFolder(parts.member, usual), 'how this framework is built');
}

function nodeVersion(tree: Tree, root: Tree, { json, source }: Manifest) {
  const engine = textAt(json, 'engines', 'node');
  const files = [versionFile('.nvmrc'), versionFile('.node-version'), toolVersion('nodejs', 'node')];
  const inRoot = files.map((declaration) => () => declaration(root));
  const engines = () => (engine === undefined ? undefined : fact(engine, source, quoted('node', engine)));
  return versionOf(tree, [...files, ...inRoot, engines], versions);
}

function bunVersion(root: Tree, manager: Manager) {
  const field = () => (manager.version === '' ? undefined : { ...manager.fact, value: manager.version });
  return versionOf(root, [versionFile('.bun-version'), toolVersion('bun'), field], bunVersions);
}

function installEvidence(root: Tree, { lock, fact: { source, value } }: Manager): [string, string] {
  return lock === undefined ? [source, `${value}, and no lock file`] : [root.name(lock), 'the file exists'];
}

function notesOf({ name, lock, fact: { value } }: Manager): string[] {
  return lock === undefined ? [unlocked(lockOf(name), `run "${value} install"`)] : [];
}

function startless({ scripts }: Manifest): boolean {
  return scripts['start'] === undefined && scripts['start:prod'] === undefined;
}

/** The root of a workspace is no service; which of its packages is one, only their owner knows. */
function refuseRoot(tree: Tree): void {
  const workspace = workspaceOf(tree);
  if (workspace === undefined || workspace.members.length === 0) return;
  const services = workspace.members.filter((member) => canRun(below(tree, member)));
  const named = (services.length > 0 ? services : workspace.members).slice(0, 10).join(', ');
  throw new AnalysisError(
    `${tree.name(manifestFile)} is the root of a workspace; set path to one of its packages: ${named}`,
  );
}

function canRun(tree: Tree): boolean {
  const manifest = readManifest(tree);
  return manifest !== undefined && (!startless(manifest) || frameworkOf(manifest) !== undefined);
}

function nothingToRun(tree: Tree, { source }: Manifest): undefined {
  if (tree.has('index.html')) return undefined;
  throw new AnalysisError(
    `${source} has no script "start", and there is no server.js, app.js, main.js or index.js; add one`,
  );
}
