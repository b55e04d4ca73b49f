/** A note for a repository whose packages no file pins: the build goes on, with whatever is newest on its day. */
export function unlocked(lock: string, remedy: string): string {
  return `no ${lock}: two builds may get different packages; ${remedy} and commit it`;
}
