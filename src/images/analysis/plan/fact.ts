/** What is known of a repository, and how. */
export interface Fact<Value = string> {
  readonly value: Value;
  /** The file that says so, from the root of the repository; `default` when none does. */
  readonly source: string;
  /** A short quote of the file, or the rule. */
  readonly evidence: string;
}

const maxLength = 120;

export function fact<Value>(value: Value, source: string, evidence: string): Fact<Value> {
  return { value, source: shown(source), evidence: shown(evidence) };
}

/** For what no file says. */
export function byDefault<Value>(value: Value, why: string): Fact<Value> {
  return { value, source: 'default', evidence: why };
}

/** One line for a terminal or a log: without control characters, and not longer than a line. */
export function shown(text: string): string {
  const line = text
    .slice(0, 1000)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
}
