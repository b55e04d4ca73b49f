import { stripVTControlCharacters } from 'node:util';

const longest = 400;
const longestEnd = 600;

/** Words of a program that we did not write, as one line that fits into a condition. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)} …` : line;
}

/** Where a program was when it failed, as Node, Java and Ruby tell it: below the error, which would be cut off instead. */
const frame = /^(?:at|from) \S/u;

/** The end of what a program wrote, which says why it failed; as one line that does nothing to a terminal. */
export function lastLines(text: string): string {
  const plain = stripVTControlCharacters(text).replaceAll(/[\p{Cf}\p{Cs}]/gu, '');
  const lines = plain.split('\n').map((line) => line.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim());
  const said = lines.filter((line) => line !== '');
  const whole = Array.from(said.join(' | '));
  const all = whole.length > longestEnd ? Array.from(said.filter((line) => !frame.test(line)).join(' | ')) : whole;
  return all.length > longestEnd ? `… ${all.slice(-longestEnd).join('')}` : all.join('');
}
