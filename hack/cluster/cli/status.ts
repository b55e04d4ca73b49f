import type { ClusterStatus } from '../driver.ts';

/** A status as people read it: one line a part, broken ones marked. */
export function renderStatus(name: string, status: ClusterStatus): string {
  const width = Math.max(0, ...status.parts.map((part) => part.name.length));
  const parts = status.parts.map((part) => {
    const mark = part.healthy ? 'ok  ' : 'DOWN';
    const pid = part.pid === undefined ? '' : ` (pid ${part.pid})`;
    return `  ${mark} ${part.name.padEnd(width)}  ${part.detail}${pid}`;
  });
  const down = status.parts.filter((part) => !part.healthy).map((part) => part.name);
  const summary = status.healthy ? 'healthy' : down.length > 0 ? `down: ${down.join(', ')}` : 'not running';
  return [
    `cluster ${name}: ${summary}`,
    ...parts,
    ...Object.entries(status.urls).map(([what, url]) => `  ${what}: ${url}`),
    `  versions: ${Object.entries(status.versions)
      .map(([what, version]) => `${what} ${version}`)
      .join(', ')}`,
  ].join('\n');
}

/** Lines for a POSIX shell. Paths are quoted, because a checkout may have a space in its name. */
export function renderEnvironment(kubeconfig: string, folders: readonly string[]): string {
  const path = folders.length > 0 ? [`export PATH=${folders.map(quote).join(':')}:"$PATH"`] : [];
  return [`export KUBECONFIG=${quote(kubeconfig)}`, ...path].join('\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
