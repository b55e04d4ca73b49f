import type { Language, Plan } from '../analysis/plan/plan.ts';
import type { Tree } from '../analysis/tree/tree.ts';

/** What is large, of one machine only, or secret. Values that a build of public pages reads stand in .env.production, which stays. */
const always = [
  '.git',
  '.github',
  '.gitlab-ci.yml',
  '**/.DS_Store',
  '**/.env',
  '**/.env.local',
  '**/.env.*.local',
  '**/.aws',
  '**/.ssh',
  '**/.terraform',
  '**/*.tfstate*',
  '**/*.pem',
  '**/coverage',
  '**/node_modules',
];

const ofLanguage: Partial<Record<Language, readonly string[]>> = {
  node: ['**/.next', '**/.nuxt', '**/.output', '**/.svelte-kit', '**/.turbo'],
  python: ['**/__pycache__', '**/.venv', '**/venv', '**/.pytest_cache'],
  rust: ['target'],
  java: ['**/target', '**/.gradle', '**/build/libs'],
  elixir: ['_build', 'deps'],
  php: ['vendor', 'storage/logs'],
  ruby: ['log', 'tmp', 'vendor/bundle'],
  dotnet: ['**/bin', '**/obj'],
};

const maxOwn = 64 * 1024;

/** The .dockerignore of the repository. One that is too long is refused: what it keeps out may be secret. */
export function ownIgnore(tree: Tree, { context }: Plan): string | undefined {
  const folder = context.value === '.' ? '' : `${context.value}/`;
  return tree.read(`${folder}.dockerignore`, maxOwn);
}

/** The .dockerignore of a generated Dockerfile; `own` is the one of the repository, which comes last and so decides. */
export function renderIgnore({ language, keep = [] }: Plan, own = ''): string {
  const ignored = [...always, ...(ofLanguage[language.value] ?? [])].filter((pattern) => !keep.includes(pattern));
  return `${[...ignored, ...own.split(/\r?\n/)].filter((line) => line !== '').join('\n')}\n`;
}
