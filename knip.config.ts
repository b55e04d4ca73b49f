import type { KnipConfig } from 'knip';

export default {
  entry: [
    'src/kube/index.ts',
    'hack/*/main.ts',
    'hack/generate.ts',
    'hack/cluster/{bump,soak,images/main}.ts',
    'bench/*/bench.ts',
  ],
  project: ['src/**/*.ts', 'hack/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
  // A type is exported for whoever implements or calls what it describes, in this repository or not.
  exclude: ['types'],
  treatConfigHintsAsErrors: false,
} satisfies KnipConfig;
