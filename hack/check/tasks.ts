export interface Task {
  /** What is checked, in a word: the line of the summary. */
  name: string;
  command: string;
  args: readonly string[];
  /** What to do when it fails. */
  remedy: string;
}

/** All that must hold before a commit. They run in parallel, so none may write what another reads. */
export const tasks: readonly Task[] = [
  { name: 'types', command: 'tsc', args: ['-p', '.', '--pretty', 'false'], remedy: 'mend the types named above' },
  {
    name: 'lint',
    command: 'oxlint',
    args: ['--deny-warnings'],
    remedy: 'each message says what to do; npm run fix mends some',
  },
  { name: 'format', command: 'biome', args: ['check', '--colors=off', '.'], remedy: 'npm run fix' },
  {
    name: 'generated',
    command: 'node',
    args: ['hack/generate.ts', '--check'],
    remedy: 'npm run generate, and commit what it writes',
  },
  { name: 'dead code', command: 'knip', args: ['--no-progress'], remedy: 'delete what nothing uses, or use it' },
];
