import { versions as cluster } from '../versions.ts';

/**
 * What base images are made from. Debian's own packages are those of the suite on the day of making; everything else
 * is pinned here. A changed line changes the recipe's hash, so the image is made again on the next run.
 */
export const versions = {
  suite: 'bookworm',
  node: '24.21.0',
  npm: '11.21.1',
  corepack: '0.36.0',
  yarn: '1.22.22',
  go: '1.26.8',
  buildkit: cluster.buildkit,
  runc: cluster.runc,
  syft: cluster.syft,
} as const;

/** Newer file times are cut to this one, so that making an image twice from the same packages gives the same layers. */
export const layerEpochSeconds = Date.UTC(2026, 0, 1) / 1000;
