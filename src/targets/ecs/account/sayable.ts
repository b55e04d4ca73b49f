/** Text of somebody else for a condition: one line, bounded, without control characters, ending like a sentence. */
export function sayable(text: string, max = 300): string {
  const line = text
    .slice(0, max * 4)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  const short = line.length <= max ? line : `${line.slice(0, max - 1)}…`;
  return max < 100 || /[.!?…]$/u.test(short) || short === '' ? short : `${short}.`;
}
