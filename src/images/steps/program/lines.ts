import { stripVTControlCharacters } from 'node:util';
import { Redactor } from '../../../kube/log/redactor.ts';

const maxLength = 512;
/** Of what is looked at: the rules below must not be run over a line of megabytes. */
const maxRead = 8192;

const anySecret = new Redactor();
/** From here on, in every line: all of it, each of its lines, and what stands behind a `=`, as in the file of a package manager. */
export function hideFromLines(secret: string): void {
  const lines = secret.split('\n').map((line) => line.trim());
  const values = lines.map((line) => line.slice(line.indexOf('=') + 1).trim());
  anySecret.add(secret.trim());
  // Shorter parts are words, and a log without them says nothing.
  for (const part of [...lines, ...values]) if (part.length >= 8) anySecret.add(part);
}

/** They turn text around or hide parts of it, so that a person reads something else than what stands there. */
const hidden = /[\p{Cf}\p{Cs}]/gu;
const control = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** What a program printed, fit for a status: no terminal control, no other control characters, no known secret. */
export function plainLine(text: string, secrets: Redactor = anySecret, longest = maxLength): string {
  // A progress bar overwrites its line with carriage returns; a person would see the last state.
  const shown = text.trimEnd().split('\r').at(-1) ?? '';
  const visible = stripVTControlCharacters(shown.slice(0, maxRead)).replaceAll(hidden, '').replaceAll(control, ' ');
  // Last, because a secret may be printed in pieces with something invisible between them.
  const plain = secrets.text(visible).trimEnd();
  return plain.length <= longest ? plain : `${plain.slice(0, longest - 1)}…`;
}

/** The end of a text that comes in pieces. Bounded, however much is printed. */
export class Tail {
  private readonly lines: string[] = [];
  private rest = '';
  private readonly size: number;
  private readonly keeps: (line: string) => boolean;

  constructor(size: number, keeps: (line: string) => boolean = () => true) {
    this.size = size;
    this.keeps = keeps;
  }

  add(text: string): void {
    const pieces = (this.rest + text).split('\n');
    // A line without end must not grow for ever.
    this.rest = (pieces.pop() ?? '').slice(-4 * maxLength);
    this.lines.push(...pieces.filter((line) => this.keeps(line)).slice(-this.size));
    this.lines.splice(0, this.lines.length - this.size);
  }

  /** The last lines; empty ones are left out. */
  last(secrets?: Redactor): string[] {
    const all = [...this.lines, this.rest].map((line) => plainLine(line, secrets));
    return all.filter((line) => line.trim() !== '').slice(-this.size);
  }
}
