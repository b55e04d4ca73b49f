import { siteStage } from '../languages/site.ts';
import type { Fact } from '../plan/fact.ts';
import { libraries } from '../plan/libraries.ts';
import type { Instruction, Stage } from '../plan/plan.ts';
import { AnalysisError, type Tree } from '../tree/tree.ts';
import { commandsOf } from './commands.ts';
import type { Result } from './frameworks.ts';
import type { Manager } from './manager.ts';
import { depends, type Manifest, manifestFile } from './manifest.ts';
import type { Workspace } from './workspace.ts';

/** What was found out of a repository before anything is decided. */
export interface Parts {
  readonly tree: Tree;
  /** Where the lock file is; the same tree unless the service is part of a workspace. */
  readonly root: Tree;
  readonly manifest: Manifest;
  readonly manager: Manager;
  readonly member: string | undefined;
  readonly workspace: Workspace | undefined;
}

export interface Making extends Parts {
  readonly result: Exclude<Result, { kind: 'unfit' }> | undefined;
  readonly start: readonly string[];
  readonly build: Fact | undefined;
  readonly version: string;
}

const home = '/app';

export function stagesOf(making: Making, install: string): Stage[] {
  const { manager, version } = making;
  const image = manager.name === 'bun' ? 'bun' : 'node';
  const build: Stage = { name: 'build', image, version, instructions: buildSteps(making, install) };
  return [build, runStage(making, image)];
}

function buildSteps(making: Making, install: string): Instruction[] {
  const { manager, build, result, member } = making;
  const { prepare, prune, cache } = commandsOf(manager);
  const everything: Instruction = { do: 'copy', paths: ['.'], to: './' };
  const manifests = manifestCopies(making);
  const prunes = prune !== undefined && member === undefined && result?.kind !== 'static' && isPrunable(making);
  return [
    { do: 'workdir', path: home },
    ...libraries(linkedTo(making)),
    ...(prepare === undefined ? [] : [command(prepare, '/root/.npm')]),
    ...(manifests ?? [everything]),
    command(install, cache),
    ...(manifests === undefined ? [] : [everything]),
    { do: 'env', variables: { NODE_ENV: 'production', PATH: pathOf(member) } },
    ...(needsPrisma(making) ? [command(inFolder(member, 'prisma generate'))] : []),
    ...(build === undefined ? [] : [command(build.value)]),
    ...(prunes ? [command(prune, cache)] : []),
  ];
}

function command(text: string, ...caches: readonly string[]): Instruction {
  return { do: 'run', command: text, caches };
}

function runStage(making: Making, image: 'bun' | 'node'): Stage {
  const { result, member, version } = making;
  const folder = member === undefined ? home : `${home}/${member}`;
  if (result?.kind === 'static') {
    const { output, singlePage } = result;
    if (!/^[\w@./-]{1,200}$/.test(output.value) || output.value.split('/').includes('..')) {
      throw new AnalysisError(`${output.source}: "${output.value}" is no plain folder inside of the service`);
    }
    return siteStage({ from: 'build', folder: `${folder}/${output.value}/`, singlePage });
  }
  const only = result?.only ?? [];
  const copies: Instruction[] =
    only.length === 0
      ? [{ do: 'copy', from: 'build', paths: [`${home}/`], to: `${home}/` }]
      : only.map(({ path, to }) => ({
          do: 'copy',
          from: 'build',
          paths: [`${folder}/${path}/`],
          to: to === '.' ? `${folder}/` : `${folder}/${to}/`,
        }));
  return {
    name: 'run',
    image,
    version,
    instructions: [
      { do: 'workdir', path: folder },
      { do: 'env', variables: { NODE_ENV: 'production', PATH: pathOf(member) } },
      ...libraries(linkedTo(making)),
      ...copies,
    ],
  };
}

function pathOf(member: string | undefined): string {
  const own = member === undefined ? '' : `${home}/${member}/node_modules/.bin:`;
  return `${own}${home}/node_modules/.bin:$PATH`;
}

/** In a workspace the packages that this one needs are built before it, by tools that can do that. */
export function scriptCommand(
  { manager, member, root }: Pick<Making, 'manager' | 'member' | 'root'>,
  script: string,
): string {
  const { run } = commandsOf(manager);
  if (member === undefined) return `${run} ${script}`;
  if (root.has('turbo.json')) return `turbo run ${script} --filter=./${member}`;
  if (manager.name === 'pnpm') return `pnpm --filter "./${member}..." run ${script}`;
  return inFolder(member, `${run} ${script}`);
}

export function inFolder(member: string | undefined, text: string): string {
  return member === undefined ? text : `cd ${member} && ${text}`;
}

const alsoNeeded = ['.npmrc', '.yarnrc.yml', '.pnpmfile.cjs', 'pnpm-workspace.yaml', 'bunfig.toml'];
const runsAtInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
const maxCopies = 50;

/** Only what decides about packages, so that a change of code keeps the layer. Undefined when installing needs more. */
function manifestCopies({ root, manifest, manager, workspace }: Making): Instruction[] | undefined {
  const members = workspace?.members ?? [];
  const own = [manifestFile, ...(manager.lock === undefined ? [] : [manager.lock]), ...alsoNeeded];
  if (runsAtInstall.some((script) => manifest.scripts[script] !== undefined)) return undefined;
  if (members.length > maxCopies || root.files.some((file) => /^(?:\.yarn|patches)\//.test(file))) return undefined;
  if (/"(?:file|link|portal):/.test(root.read(manifestFile) ?? '')) return undefined;
  return [
    { do: 'copy', paths: own.filter((file) => root.has(file)), to: './' },
    ...members.map((member): Instruction => ({ do: 'copy', paths: [`${member}/${manifestFile}`], to: `${member}/` })),
  ];
}

/** Not when what is started came with the development dependencies. */
function isPrunable({ manifest, start, tree }: Making): boolean {
  const script = manifest.scripts['start'] ?? '';
  const named = [...start, ...script.split(/[\s/]+/)].some((word) => manifest.devDependencies.has(word));
  return manifest.devDependencies.size > 0 && !named && !tree.has('next.config.ts');
}

/** Prisma's engine is a program of its own. */
function linkedTo({ manifest }: Making): string[] {
  return depends(manifest, 'prisma') || depends(manifest, '@prisma/client') ? ['openssl'] : [];
}

function needsPrisma({ manifest, tree }: Making): boolean {
  const generated = [manifest.scripts['build'], manifest.scripts['postinstall']].some((text) =>
    text?.includes('prisma'),
  );
  return depends(manifest, 'prisma') && tree.has('prisma/schema.prisma') && !generated;
}
