import { expect, it } from 'vitest';
import { analyze } from '../../src/cli/analyze.ts';
import { blocksOf, writtenPages } from './pages.ts';

const prompt = '$ npx vish analyze ';
const examples = writtenPages().flatMap(({ file, text }) =>
  blocksOf(text, 'text')
    .filter((block) => block.startsWith(prompt))
    .map((block) => {
      const [command = '', ...lines] = block.trimEnd().split('\n');
      return { file, args: command.slice(prompt.length), lines };
    }),
);

it('has examples of analyses', () => {
  expect(examples.length).toBeGreaterThan(2);
});

it.each(examples)('$file shows what "analyze $args" prints', ({ args, lines }) => {
  const printed = analyze(args.split(' ')).out.split('\n');

  expect(lines.filter((line) => !printed.includes(line))).toEqual([]);
});
