/** A repository and a tag as a registry's HTTP API names them. */
export interface Reference {
  repository: string;
  tag: string;
}

const repositoryPattern = /^[a-z0-9]+(?:(?:[._]|__|-+|\/)[a-z0-9]+)*$/;
const hostPattern = /^[a-z0-9][a-z0-9.-]*(?::\d+)?$/i;
const tagPattern = /^\w[\w.-]{0,127}$/;

const hubHosts = new Set(['', 'docker.io', 'index.docker.io']);

/**
 * Reads `node:24`, `docker.io/library/node:24` or `localhost:5000/app` the way container engines do: the first part is a
 * registry when it has a dot or a port or is `localhost`, and is dropped, because a mirror serves paths without it. A
 * bare name of Docker Hub is in `library/`.
 */
export function parseReference(text: string): Reference {
  const { host, path } = splitHost(text.replace(/@.*$/, ''));
  const [name = '', tag = 'latest'] = path.split(/:([^/]*)$/);
  const isBareHubName = hubHosts.has(host) && !name.includes('/');
  const repository = isBareHubName ? `library/${name}` : name;
  if (!repositoryPattern.test(repository) || !tagPattern.test(tag)) {
    throw new Error(`"${text.slice(0, 200)}" is not an image name; write it like "app:v1" or "library/node:24"`);
  }
  return { repository, tag };
}

function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  const isHost = hostPattern.test(first) && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? { host: first, path: name.slice(slash + 1) } : { host: '', path: name };
}
