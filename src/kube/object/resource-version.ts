/**
 * Orders two resourceVersions of one resource: negative when `a` is older. Kubernetes allows the comparison since 1.35.
 * They are decimal integers that may exceed 2^53, so they are compared as text: the longer one is newer.
 */
export function compareResourceVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
