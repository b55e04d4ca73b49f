import { AnalysisError, type Tree } from '../tree/tree.ts';

/** Parsed from a stranger's file: nothing is known of its shape. */
export type Json = unknown;

/** Comments and commas before a closing bracket are left out, as deno.jsonc and tsconfig.json have them. */
export function readJson(tree: Tree, path: string): Json {
  const text = tree.read(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(path.endsWith('.json') && !/\/[/*]/.test(text) ? text : withoutComments(text)) as Json;
  } catch (error) {
    throw new AnalysisError(`${tree.name(path)} is no JSON (${(error as Error).message.slice(0, 120)}); correct it`);
  }
}

/** The value at a path of keys; undefined wherever something else is met. Inherited properties do not count. */
export function at(value: Json, ...keys: readonly string[]): Json {
  return keys.reduce<Json>(
    (found, key) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Record<string, Json>)[key]
        : undefined,
    value,
  );
}

export function textAt(value: Json, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

export function keysAt(value: Json, ...keys: readonly string[]): string[] {
  const found = at(value, ...keys);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.keys(found) : [];
}

export function textsAt(value: Json, ...keys: readonly string[]): string[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found.filter((entry) => typeof entry === 'string') : [];
}

/** A quote as the file has it, but for white space. */
export function quoted(key: string, value: string): string {
  return `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
}

/** One pass: each character is looked at once or twice, whatever the text. */
function withoutComments(text: string): string {
  const kept: string[] = [];
  for (let place = 0; place < text.length; ) {
    const end = partEnd(text, place);
    const part = text.slice(place, end);
    if ((part === ']' || part === '}') && kept.at(-1) === ',') kept.pop();
    if (!/^(?:\s|\/[/*])/.test(part)) kept.push(part);
    place = end;
  }
  return kept.join(' ');
}

/** Where the text, comment, mark or word ends that begins here. */
function partEnd(text: string, start: number): number {
  if (text[start] === '"') return stringEnd(text, start);
  if (text.startsWith('//', start)) return found(text, '\n', start);
  if (text.startsWith('/*', start)) return found(text, '*/', start + 2);
  const part = /\s+|[^\s",:[\]{}/]+|[^]/y;
  part.lastIndex = start;
  return start + (part.exec(text)?.[0].length ?? 1);
}

function found(text: string, mark: string, start: number): number {
  const place = text.indexOf(mark, start);
  return place < 0 ? text.length : place + mark.length;
}

function stringEnd(text: string, start: number): number {
  for (let place = start + 1; place < text.length; place += 1) {
    if (text[place] === '\\') place += 1;
    else if (text[place] === '"') return place + 1;
  }
  return text.length;
}
