const longest = 400;

/** Words of a program that we did not write, as one line that fits into a condition. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)} …` : line;
}
