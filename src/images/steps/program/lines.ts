import { stripVTControlCharacters } from 'node:util';

const maxLength = 512;

/** What a program printed, fit for a status: no terminal control, no other control characters, no known secret. */
export function plainLine(text: string, secrets: readonly string[] = []): string {
  const hidden = secrets.reduce((line, secret) => (secret === '' ? line : line.replaceAll(secret, '***')), text);
  // A progress bar overwrites its line with carriage returns; a person would see the last state.
  const shown = stripVTControlCharacters(hidden).trimEnd().split('\r').at(-1) ?? '';
  const visible = shown.replaceAll(/\p{Cc}/gu, ' ').trimEnd();
  return visible.length <= maxLength ? visible : `${visible.slice(0, maxLength - 1)}…`;
}

/** The end of a text that comes in pieces. Bounded, however much is printed. */
export class Tail {
  private readonly lines: string[] = [];
  private rest = '';
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  add(text: string): void {
    const pieces = (this.rest + text).split('\n');
    // A line without end must not grow for ever.
    this.rest = (pieces.pop() ?? '').slice(-4 * maxLength);
    this.lines.push(...pieces.slice(-this.size));
    this.lines.splice(0, this.lines.length - this.size);
  }

  /** The last lines; empty ones are left out. */
  last(secrets: readonly string[] = []): string[] {
    const all = [...this.lines, this.rest].map((line) => plainLine(line, secrets));
    return all.filter((line) => line.trim() !== '').slice(-this.size);
  }
}
