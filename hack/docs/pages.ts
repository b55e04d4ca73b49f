import { globSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

export interface Page {
  readonly file: string;
  readonly text: string;
}

/** Pages for people, as they were written; those of the reference are generated from what they would be held to. */
export function writtenPages(): Page[] {
  const files = globSync(['*.md', 'docs/**/*.md']).filter((file) => !file.startsWith('docs/reference/'));
  return files.sort().map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

export function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block]) => block ?? '',
  );
}

/** What stands between single backticks, outside of blocks. */
export function spansOf(text: string): string[] {
  const outside = text.replaceAll(/^```[\s\S]*?^```/gm, '');
  return [...outside.matchAll(/`([^`]+)`/g)].map(([, span]) => (span ?? '').replaceAll(/\s+/g, ' '));
}

export function documentsOf(block: string): unknown[] {
  return parseAllDocuments(block).map((document) => document.toJS() as unknown);
}

/** Each line of the sh blocks that starts `program`, and each span that does, as its arguments. */
export function commandsOf(text: string, program: string): string[][] {
  const lines = blocksOf(text, 'sh').flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'));
  const started = [...lines, ...spansOf(text)].filter((line) => line.startsWith(`${program} `));
  return started.map((line) => argumentsOf(line).slice(1));
}

/** Up to a comment, a pipe or the next command. Not all of a shell: what a page shows should not need more. */
function argumentsOf(line: string): string[] {
  const [command = ''] = /^(?:'[^']*'|"[^"]*"|\$\([^)]*\)|(?<!\s)#|[^'"#|;&])*/.exec(line) ?? [];
  const words = command.match(/(?:'[^']*'|"[^"]*"|\$\([^)]*\)|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}
