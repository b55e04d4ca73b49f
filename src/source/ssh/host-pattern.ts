import { createHmac } from 'node:crypto';

/**
 * Whether a line of known_hosts is about a host: a list of names with `*`, `?` and `!`, or one hashed name. `name` is lower
 * case, with brackets and the port where that is not 22.
 */
export function namesHost(names: string, name: string): boolean {
  if (names.startsWith('|')) return isHashOf(names, name);
  let found = false;
  for (const pattern of names.toLowerCase().split(',')) {
    const denies = pattern.startsWith('!');
    if (!fits(denies ? pattern.slice(1) : pattern, name)) continue;
    if (denies) return false;
    found = true;
  }
  return found;
}

/** By hand and with one step back: a regular expression of many stars takes ages to say no. */
function fits(pattern: string, name: string): boolean {
  let [at, in_, star, retry] = [0, 0, -1, 0];
  while (in_ < name.length) {
    if (pattern[at] === '*') [star, retry, at] = [at, in_, at + 1];
    else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[in_])) [at, in_] = [at + 1, in_ + 1];
    else if (star >= 0) [at, in_, retry] = [star + 1, retry + 1, retry + 1];
    else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

function isHashOf(names: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/.exec(names) ?? [];
  if (salt === undefined || hash === undefined) return false;
  const key = Buffer.from(salt, 'base64');
  return createHmac('sha1', key).update(name).digest().equals(Buffer.from(hash, 'base64'));
}
