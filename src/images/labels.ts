/** What every image tells of itself, in words that registries and scanners know. */
export const imageLabels = {
  source: 'org.opencontainers.image.source',
  revision: 'org.opencontainers.image.revision',
  created: 'org.opencontainers.image.created',
} as const;
