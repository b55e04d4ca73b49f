import { RegistryError } from './errors.ts';

/** An image by its parts, as the API of its registry names them. */
export interface ImageReference {
  /** Host, with the port where one is written. */
  readonly host: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const longest = 512;
const hostPattern = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:\d{1,5})?$/;
const repositoryPattern = /^[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
export const digestPattern = /^sha256:[0-9a-f]{64}$/;

const hubHosts = new Set(['', 'docker.io', 'index.docker.io', 'registry-1.docker.io']);
/** Where Docker Hub's API is; its names say docker.io. */
export const hubHost = 'registry-1.docker.io';

/**
 * Reads an image name as container engines do: the first part is a host when it has a dot or a port or is `localhost`;
 * without a host it is of Docker Hub, where names of one part are in `library/`. Sets no tag of its own.
 */
export function parseImage(text: string): ImageReference {
  const [name = '', digest, ...more] = text.split('@');
  const { host, path } = splitHost(name);
  const [repository = '', tag] = path.split(/:([^/:]*)$/);
  const isHub = hubHosts.has(host);
  const image = {
    host: isHub ? hubHost : host,
    repository: isHub && !repository.includes('/') ? `library/${repository}` : repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
  if (text.length <= longest && more.length === 0 && isValid(image)) return image;
  const shown = JSON.stringify(text.slice(0, 200));
  throw new RegistryError(
    'SourceRefused',
    `${shown} is not an image; write it like registry.example.com/acme/shop:1.2, or with @sha256:<digest>`,
  );
}

/** Host and path, the same for every way to write them; undefined for what is no image. */
export function placeOf(text: string): string | undefined {
  try {
    const { host, repository } = parseImage(text);
    return `${host}/${repository}`;
  } catch {
    return undefined;
  }
}

function isValid({ host, repository, tag, digest }: ImageReference): boolean {
  return (
    hostPattern.test(host) &&
    repositoryPattern.test(repository) &&
    (tag === undefined || tagPattern.test(tag)) &&
    (digest === undefined || digestPattern.test(digest))
  );
}

function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  const isHost = /[.:]/.test(first) || first === 'localhost';
  return isHost ? { host: first, path: name.slice(slash + 1) } : { host: '', path: name };
}
