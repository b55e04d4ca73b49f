import { randomBytes } from 'node:crypto';
import { formsOf } from './forms.ts';

/** A text to search, and where it was found. */
export interface Place {
  where: string;
  text: string;
}

export interface Finding {
  /** Name that the value was planted under. */
  secret: string;
  /** As it is, hex or base64. */
  form: string;
  where: string;
  /** The text around it. */
  around: string;
}

export interface Secrets {
  /** A new value that is found again wherever it turns up, also when its end is cut off. */
  plant(name: string): string;
  find(places: Iterable<Place>): Finding[];
  /** Throws with a list when there is any. */
  expectNoneIn(places: Iterable<Place>): void;
}

/** Values for passwords, tokens and keys of a test, to be looked for where none of them may be. */
export function createSecrets(): Secrets {
  const planted = new Map<string, ReadonlyMap<string, string>>();
  const find = (places: Iterable<Place>) => [...places].flatMap((place) => findingsIn(place, planted));
  return {
    plant(name) {
      if (planted.has(name)) throw new Error(`plant "${name}": there is one of this name. Take another.`);
      const mark = `planted${randomBytes(8).toString('hex')}`;
      planted.set(name, formsOf(mark));
      return `${mark}${randomBytes(8).toString('hex')}`;
    },
    find,
    expectNoneIn(places) {
      const findings = find(places);
      if (findings.length > 0) throw new Error(`secrets in the open:\n${findings.map(line).join('\n')}`);
    },
  };
}

function findingsIn({ where, text }: Place, planted: ReadonlyMap<string, ReadonlyMap<string, string>>): Finding[] {
  // Base64 for URLs has two other letters.
  const searched = text.replaceAll('-', '+').replaceAll('_', '/');
  return [...planted].flatMap(([secret, forms]) =>
    [...forms].flatMap(([form, value]) => {
      const at = searched.indexOf(value);
      return at < 0 ? [] : [{ secret, form, where, around: text.slice(Math.max(0, at - 60), at + value.length + 20) }];
    }),
  );
}

function line({ secret, form, where, around }: Finding): string {
  return `  ${secret} (${form}) in ${where}: ...${around}...`;
}
