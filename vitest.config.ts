import { defineConfig } from 'vitest/config';

/** For suites with an API server: nobody sends it the same request in a loop. */
const requestLoops = 'test/support/request-loops/setup.ts';

/** Four suites, from quick to slow. Groups run one after the other, because a busy node makes the others late. */
export default defineConfig({
  test: {
    passWithNoTests: true,
    // The report of a run keeps messages, not differences: a cut message would not say what went wrong.
    chaiConfig: { truncateThreshold: 4_000 },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'hack/**/*.ts'],
      reporter: ['text-summary', 'html'],
      reportOnFailure: true,
    },
    projects: [
      suite('unit', ['{src,hack,bench,test}/**/*.test.ts'], {
        order: 1,
        filesAtATime: 2,
        hookTimeout: 60_000,
        exclude: ['**/*.{api,e2e,faults}.test.ts'],
      }),
      suite('api', ['{src,hack,test}/**/*.api.test.ts'], {
        order: 2,
        // Its files wait more than they work; without a word vitest keeps one of two cores for itself.
        filesAtATime: 2,
        testTimeout: 60_000,
        globalSetup: ['test/support/api-server.ts'],
        setupFiles: [requestLoops],
      }),
      suite('e2e', ['{src,hack,test}/**/*.e2e.test.ts'], {
        order: 3,
        testTimeout: 300_000,
        globalSetup: ['test/support/node.ts'],
        setupFiles: [requestLoops],
        filesAtATime: 1,
      }),
      suite('faults', ['{src,hack,test}/**/*.faults.test.ts'], {
        order: 4,
        testTimeout: 300_000,
        setupFiles: [requestLoops],
      }),
    ],
  },
});

interface Suite {
  exclude?: string[];
  /** From 1: vitest puts a suite of order 0 last where it has one worker. */
  order: number;
  testTimeout?: number;
  /** Default 10 min: a cluster is made or built. */
  hookTimeout?: number;
  globalSetup?: string[];
  /** Run before each test file, after those that every suite has. */
  setupFiles?: string[];
  /** 1 for suites that share one machine-wide node. */
  filesAtATime?: number;
}

function suite(
  name: string,
  include: string[],
  {
    exclude = [],
    order,
    testTimeout = 30_000,
    globalSetup = [],
    setupFiles = [],
    hookTimeout = 600_000,
    filesAtATime = 1,
  }: Suite,
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude: ['**/node_modules/**', ...exclude],
      testTimeout,
      globalSetup,
      setupFiles: ['test/support/leaks/setup.ts', ...setupFiles],
      maxWorkers: filesAtATime,
      hookTimeout,
      sequence: { groupOrder: order },
    },
  };
}
