import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Read } from '../../../objects/wire.ts';
import type { Look } from '../look.ts';
import { imagesIn } from './images.ts';
import { refuseUntrusted } from './untrusted.ts';

interface Beside {
  readonly deployment: Read<Deployment>;
  /** Was looked at already. */
  readonly image: string;
  readonly rendered: unknown;
  /** A restart of what runs, with the same settings. */
  readonly unchanged: boolean;
}

/**
 * What is asked of the image of a release is asked of all that its pods run: or a podTemplatePatch would put anything in its
 * place, and the status tell of the image that was looked at.
 */
export async function admitBeside(
  { verifyImage, stores, signal }: Pick<Look, 'verifyImage' | 'stores' | 'signal'>,
  { deployment, image, rendered, unchanged }: Beside,
): Promise<void> {
  if (unchanged) return;
  for (const other of imagesIn(rendered)) {
    if (other === image) continue;
    refuseUntrusted(other, deployment, stores);
    await verifyImage(other, { deployment, signal });
  }
}
