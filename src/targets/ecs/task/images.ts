import type { Deployment } from '../../../crds/deployment/deployment.ts';

/** One image on its way from the registry where it was built to the one that the place can pull from. */
export interface ImageCopy {
  /** By digest. */
  readonly from: string;
  /** `host/repository:tag`; holds the same digest afterwards. */
  readonly to: string;
  /** Whose image it is: where the login for `from` is found. */
  readonly deployment: Deployment;
  /** For `to`. */
  readonly login: { readonly username: string; readonly password: string };
  readonly signal: AbortSignal;
}

/** Does nothing when the image is there. */
export type CopyImage = (copy: ImageCopy) => Promise<void>;
