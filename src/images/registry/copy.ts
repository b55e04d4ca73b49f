import { RegistryError } from './errors.ts';
import type { Repository } from './repository.ts';
import { type Origin, type Transferred, transfer } from './transfer.ts';

interface Copied {
  readonly from: Repository;
  readonly to: Repository;
  /** Tag or digest of the image at its origin. */
  readonly reference: string;
  /** Default: by its digest alone. */
  readonly tag?: string;
}

/** Copies an image as it is, with all its platforms, so that its digest stays; what is there already is not sent. */
export async function copyImage({ from, to, reference, tag }: Copied): Promise<Transferred> {
  return transfer(originOf(from), to, await present(from, reference), tag);
}

function originOf(from: Repository): Origin {
  return {
    document: ({ digest }) => present(from, digest),
    blob: (blob) => from.blob(blob),
  };
}

async function present(from: Repository, reference: string) {
  const document = await from.manifest(reference);
  if (document) return document;
  throw new RegistryError(
    'SourceNotFound',
    `${from.shown(reference)} does not exist; correct the image, or push it there`,
  );
}
