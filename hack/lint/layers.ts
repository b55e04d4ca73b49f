/**
 * Which folder of src/ may import which. Data flows one way: a folder that is not listed behind another may not be
 * imported by it. A new folder gets its line here before its first file.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  seams: [],
  kube: ['seams'],
  outbound: ['seams'],
  crds: [],
  rollout: ['crds'],
  source: ['crds', 'kube', 'outbound', 'seams'],
  images: ['crds', 'kube', 'outbound', 'seams'],
  github: ['crds', 'kube', 'outbound', 'seams'],
  targets: ['crds', 'images', 'kube', 'outbound', 'rollout', 'seams'],
  controllers: ['crds', 'github', 'images', 'kube', 'outbound', 'rollout', 'seams', 'source', 'targets'],
};

/** Folders outside src/ that product code must never reach into. */
export const outsideProduct = ['bench', 'hack', 'test'] as const;
