import { readFile } from 'node:fs/promises';

const fence = /^```ts\n(?<code>[\s\S]*?)^```$/m;
const shown = /^[ ]*\/\/ README\n(?<code>[\s\S]*?)^[ ]*\/\/ end of README$/m;

/**
 * The first ts block of the README beside `testFile`, and the part of that test between `// README` and
 * `// end of README`. When both are equal, the page shows code that was compiled and ran.
 */
export async function readmeExample(testFile: string): Promise<{ readme: string; tested: string }> {
  const readme = await readFile(new URL('README.md', testFile), 'utf8');
  const test = await readFile(new URL(testFile), 'utf8');
  return { readme: code(fence, readme), tested: code(shown, test) };
}

function code(pattern: RegExp, text: string): string {
  const lines = (pattern.exec(text)?.groups?.['code'] ?? '').split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  return lines
    .map((line) => line.slice(indent).trimEnd())
    .join('\n')
    .trim();
}
