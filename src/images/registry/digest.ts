import { createHash } from 'node:crypto';
import { RegistryError } from './errors.ts';

export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

interface Expected {
  readonly digest: string;
  readonly size: number;
}

/**
 * Passes content through and throws when it is not what its descriptor says. The last chunk is held back until the whole is
 * known to be right, so that whoever takes it never has all of something wrong. `where` names the content for people.
 */
export async function* verified(
  content: AsyncIterable<Uint8Array>,
  { digest, size }: Expected,
  where: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let passed = 0;
  let last: Uint8Array | undefined;
  for await (const chunk of content) {
    if (last !== undefined) yield last;
    last = chunk;
    passed += chunk.length;
    if (passed > size) throw damaged(where, `it has more than ${size} bytes`);
    hash.update(chunk);
  }
  if (passed < size) throw damaged(where, `it ends after ${passed} of ${size} bytes`);
  if (`sha256:${hash.digest('hex')}` !== digest) throw damaged(where, 'its content has another digest');
  if (last !== undefined) yield last;
}

export function damaged(where: string, how: string): RegistryError {
  return new RegistryError('SourceRefused', `${where} is not what it should be: ${how}; build or push it again`);
}
