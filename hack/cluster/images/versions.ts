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
  bun: '1.3.4',
  deno: '2.9.6',
  rust: '1.95.0',
  rustup: {
    version: '1.28.2',
    sha256: {
      x64: '20a06e644b0d9bd2fbdbfd52d42540bdde820ea7df86e92e533c073da0cdd43c',
      arm64: 'e3853c5a252fca15252d07cb23a1bdd9377a8c6f3efa01531109281ae47f841c',
    },
  },
  maven: '3.9.16',
  mavenSha512:
    '831a8591fe20c8243b1dbe7d71e3244f31d1665b0804b2e825e38cbbe5ce0cafb8338851f90780735568773e0a6cd07bbec107cda0b896b008b861075358b6f6',
  buildkit: cluster.buildkit,
  runc: cluster.runc,
  syft: cluster.syft,
} as const;

/** Newer file times are cut to this one, so that making an image twice from the same packages gives the same layers. */
export const layerEpochSeconds = Date.UTC(2026, 0, 1) / 1000;
