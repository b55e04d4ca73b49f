import type { Manager, ManagerName } from './manager.ts';

interface Commands {
  /** What the image does not have. */
  readonly prepare?: string;
  readonly install: string;
  /** For a repository that locks nothing. */
  readonly installUnlocked: string;
  /** Takes away what only the build needed. Absent: nothing does it without asking the registry anew. */
  readonly prune?: string;
  readonly run: string;
  readonly cache: string;
}

export function commandsOf({ name, version }: Manager): Commands {
  return commands[name](version);
}

const commands: Readonly<Record<ManagerName, (version: string) => Commands>> = {
  npm: () => ({
    install: 'npm ci --no-audit --no-fund',
    installUnlocked: 'npm install --no-audit --no-fund',
    prune: 'npm prune --omit=dev --ignore-scripts --no-audit --no-fund',
    run: 'npm run',
    cache: '/root/.npm',
  }),
  pnpm: (version) => ({
    prepare: `npm install --global pnpm@${version}`,
    install: 'pnpm install --frozen-lockfile --store-dir=/pnpm/store',
    installUnlocked: 'pnpm install --no-frozen-lockfile --store-dir=/pnpm/store',
    prune: 'CI=true pnpm prune --prod --ignore-scripts',
    run: 'pnpm run',
    cache: '/pnpm/store',
  }),
  yarn: () => ({
    install: 'yarn install --frozen-lockfile --non-interactive',
    installUnlocked: 'yarn install --non-interactive',
    prune: 'yarn install --production --frozen-lockfile --ignore-scripts --prefer-offline --non-interactive',
    run: 'yarn run',
    cache: '/usr/local/share/.cache/yarn',
  }),
  berry: (version) => ({
    prepare: `npm install --global --force @yarnpkg/cli-dist@${version}`,
    install: 'yarn install --immutable',
    installUnlocked: 'yarn install --no-immutable',
    run: 'yarn run',
    cache: '/root/.yarn/berry/cache',
  }),
  bun: () => ({
    install: 'bun install --frozen-lockfile',
    installUnlocked: 'bun install',
    run: 'bun run',
    cache: '/root/.bun/install/cache',
  }),
};
