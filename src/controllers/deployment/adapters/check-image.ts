import type { ImageRequest, ResolveImage, VerifyImage } from '../ports.ts';
import { refuseUntrusted, type UntrustedStores } from '../release/untrusted.ts';

interface CheckImageOptions {
  readonly resolveImage: ResolveImage;
  readonly verifyImage: VerifyImage;
  readonly stores: UntrustedStores;
  /** Whether only signed images may run. */
  readonly onlySigned: boolean;
}

/** The image that the command of a check runs instead of the release's, or throws. */
export type AdmitImage = (image: string, request: ImageRequest) => Promise<string>;

/**
 * What is asked of the image of a release is asked of this one too: or whoever may write a check could run here what may not
 * be released. Where it is signed, what was looked at is what runs, and not what its tag means a moment later.
 */
export function checkImage({ resolveImage, verifyImage, stores, onlySigned }: CheckImageOptions): AdmitImage {
  return async (written, request) => {
    const image = onlySigned ? await resolveImage(written, request) : written;
    refuseUntrusted(image, request.deployment, stores);
    await verifyImage(image, request);
    return image;
  };
}
