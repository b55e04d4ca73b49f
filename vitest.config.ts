import { defineConfig } from 'vitest/config';

/** Four suites, from quick to slow. Groups run one after the other, because a busy node makes the others late. */
export default defineConfig({
  test: {
    passWithNoTests: true,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'hack/**/*.ts'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
    },
    projects: [
      suite('unit', ['{src,hack,bench,test}/**/*.test.ts'], { order: 1, exclude: ['**/*.{api,e2e,faults}.test.ts'] }),
      suite('api', ['{src,hack,test}/**/*.api.test.ts'], {
        order: 2,
        testTimeout: 60_000,
        globalSetup: ['test/support/api-server.ts'],
      }),
      suite('e2e', ['{src,hack,test}/**/*.e2e.test.ts'], {
        order: 3,
        testTimeout: 300_000,
        globalSetup: ['test/support/node.ts'],
        oneFileAtATime: true,
      }),
      suite('faults', ['{src,hack,test}/**/*.faults.test.ts'], { order: 4, testTimeout: 300_000 }),
    ],
  },
});

interface Suite {
  exclude?: string[];
  /** From 1: vitest puts a suite of order 0 last where it has one worker. */
  order: number;
  testTimeout?: number;
  globalSetup?: string[];
  /** For suites that share one machine-wide node. */
  oneFileAtATime?: boolean;
}

function suite(
  name: string,
  include: string[],
  { exclude = [], order, testTimeout = 10_000, globalSetup = [], oneFileAtATime = false }: Suite,
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude: ['**/node_modules/**', ...exclude],
      testTimeout,
      globalSetup,
      fileParallelism: !oneFileAtATime,
      hookTimeout: 600_000,
      sequence: { groupOrder: order },
    },
  };
}
