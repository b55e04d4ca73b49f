/** `{ known: ['20', '22', '24'], preferred: '24' }`: versions that images exist for, oldest first. */
export interface Versions {
  readonly known: readonly string[];
  readonly preferred: string;
}

interface Bound {
  readonly operator: string;
  readonly parts: readonly number[];
}

const plain = /^v?(\d{1,4}(?:\.\d{1,4}){0,2})$/;
const bound = /^(\^|~>|~=|~|>=|<=|===?|!=|>|<|=)?v?(\d{1,4}(?:\.(?:\d{1,4}|[x*])){0,3})$/;

/**
 * The version that fits what a manifest asks for: the one that is written, or for a range the preferred one, or else the newest
 * known one in it. Undefined when nothing known fits, or the text is no version.
 */
export function chooseVersion(wanted: string, { known, preferred }: Versions): string | undefined {
  const text = wanted.slice(0, 200).trim();
  const exact = plain.exec(text)?.[1];
  if (exact !== undefined) return exact;
  const choices = [preferred, ...known.toReversed()];
  const ranges = text.split(/\|\|?/).map(boundsOf);
  return choices.find((version) => ranges.some((bounds) => bounds?.every((each) => fits(version, each))));
}

function boundsOf(range: string): Bound[] | undefined {
  const words = range
    .replaceAll(/([<>=~^!])\s+/g, '$1')
    .split(/[\s,]+/)
    .filter((word) => word !== '' && word !== '-');
  const bounds = words.map((word) => (word === '*' ? { operator: '>=', parts: [0] } : boundOf(word)));
  return bounds.length > 0 && bounds.every((each) => each !== undefined) ? bounds : undefined;
}

function boundOf(word: string): Bound | undefined {
  const [, operator = '=', version = ''] = bound.exec(word) ?? [];
  if (version === '') return undefined;
  return { operator, parts: version.split('.').flatMap((part) => (/\d/.test(part) ? [Number(part)] : [])) };
}

/** A known version stands for all of its patches, so bounds are compared as far as it is written. */
function fits(version: string, { operator, parts }: Bound): boolean {
  const own = version.split('.').map(Number);
  const order = compare(own, parts);
  const same = (count: number) => own.slice(0, count).every((part, index) => part === (parts[index] ?? part));
  const finer = parts.slice(own.length).some((part) => part > 0);
  const rules: Record<string, boolean> = {
    '>=': order >= 0,
    '>': order > 0 || (order === 0 && finer),
    '<=': order <= 0,
    '<': order < 0 || (order === 0 && finer),
    '^': order >= 0 && same(1),
    '~': order >= 0 && same(2),
    '~>': order >= 0 && same(Math.max(1, parts.length - 1)),
    '~=': order >= 0 && same(Math.max(1, parts.length - 1)),
    '!=': true,
  };
  return rules[operator] ?? order === 0;
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
