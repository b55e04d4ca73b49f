import type { KnipConfig } from 'knip';

export default {
  entry: [
    'src/{main,step}.ts',
    'src/kube/index.ts',
    'hack/**/main.ts',
    'hack/cluster/{bump,soak}.ts',
    'bench/*/{bench,ours}.ts',
    'test/**/*-program.ts',
    'test/outages/shifted-clock.ts',
    'test/support/git-server/serve.ts',
    'test/support/*/fixtures/*.ts',
  ],
  project: ['src/**/*.ts', 'hack/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', '!test/fixtures/**'],
  // A type is exported for whoever implements or calls what it describes, in this repository or not.
  exclude: ['types'],
  // A table that its own file reads is exported for documentation and tests as well.
  ignoreExportsUsedInFile: true,
  ignoreBinaries: ['openssl', 'unshare'],
} satisfies KnipConfig;
