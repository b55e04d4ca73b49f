import type { Random } from '../../seams/random.ts';

/** A random UUID (version 4): to find the lines of one run in a log, not to be secret. */
export function reconcileID(random: Random): string {
  const digits = [word(random), word(random), word(random), word(random)].join('');
  const variant = '89ab'.charAt(Math.floor(random.next() * 4));
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-');
}

function word(random: Random): string {
  return Math.floor(random.next() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}
