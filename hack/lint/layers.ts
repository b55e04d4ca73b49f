/**
 * Which folder of src/ may import which. Data flows one way: a folder that is not listed behind another may not be
 * imported by it. A new folder gets its line here before its first file.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  seams: [],
  kube: ['seams'],
  outbound: ['seams'],
  crds: [],
  objects: ['crds', 'kube'],
  rollout: ['crds'],
  checks: ['crds', 'kube', 'objects', 'outbound', 'rollout', 'seams'],
  source: ['crds', 'kube', 'objects', 'outbound', 'seams'],
  images: ['crds', 'kube', 'objects', 'outbound', 'seams'],
  github: ['crds', 'kube', 'objects', 'outbound', 'seams'],
  targets: ['crds', 'images', 'kube', 'objects', 'outbound', 'rollout', 'seams'],
  controllers: [
    'checks',
    'crds',
    'github',
    'images',
    'kube',
    'objects',
    'outbound',
    'rollout',
    'seams',
    'source',
    'targets',
  ],
  operator: [
    'checks',
    'controllers',
    'crds',
    'images',
    'kube',
    'objects',
    'outbound',
    'seams',
    'settings',
    'source',
    'targets',
  ],
  settings: ['crds', 'images', 'outbound'],
  cli: ['images'],
};

/** Folders outside src/ that product code must never reach into. */
export const outsideProduct = ['bench', 'hack', 'test'] as const;
