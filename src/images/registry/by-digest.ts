import { RegistryError } from './errors.ts';
import { type ImageReference, parseImage } from './reference.ts';
import type { Repository } from './repository.ts';

/**
 * The image that a user wrote, by digest: what a tag means now. A digest that is written is not looked up. `open` gives the
 * repository with the login for it.
 */
export async function imageByDigest(
  text: string,
  open: (image: ImageReference) => Pick<Repository, 'digestOf' | 'shown'>,
): Promise<string> {
  const image = parseImage(text);
  const plain = text.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  if (image.digest !== undefined) return `${plain}@${image.digest}`;
  const { tag = 'latest' } = image;
  const repository = open(image);
  const digest = await repository.digestOf(tag);
  if (digest !== undefined) return `${plain}@${digest}`;
  throw new RegistryError(
    'SourceNotFound',
    `${repository.shown(tag)} does not exist; correct source.image, or push it there`,
  );
}
