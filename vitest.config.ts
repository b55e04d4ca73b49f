import { defineConfig } from 'vitest/config';

/** Four suites, from quick to slow. Groups run one after the other, because a busy node makes the others late. */
export default defineConfig({
  test: {
    passWithNoTests: true,
    coverage: { provider: 'v8', include: ['src/**/*.ts', 'hack/**/*.ts'], reporter: ['text-summary', 'html'] },
    projects: [
      suite('unit', ['{src,hack,bench,test}/**/*.test.ts'], { exclude: ['**/*.{api,e2e,faults}.test.ts'] }),
      suite('api', ['{src,hack,test}/**/*.api.test.ts'], {
        order: 1,
        testTimeout: 60_000,
        globalSetup: ['test/support/api-server.ts'],
      }),
      suite('e2e', ['{src,hack,test}/**/*.e2e.test.ts'], { order: 2, testTimeout: 300_000 }),
      suite('faults', ['{src,hack,test}/**/*.faults.test.ts'], { order: 3, testTimeout: 300_000 }),
    ],
  },
});

interface Suite {
  exclude?: string[];
  order?: number;
  testTimeout?: number;
  globalSetup?: string[];
}

function suite(
  name: string,
  include: string[],
  { exclude = [], order = 0, testTimeout = 10_000, globalSetup = [] }: Suite,
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude: ['**/node_modules/**', ...exclude],
      testTimeout,
      globalSetup,
      hookTimeout: 600_000,
      sequence: { groupOrder: order },
    },
  };
}
