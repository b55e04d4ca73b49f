import { text } from './text.ts';

/** An address that the operator calls. Credentials in it would be readable by everyone who can read the object. */
export function httpUrl() {
  return text(2048, {
    matches: {
      pattern: '^https?://[^\\s/?#@]+([/?#]\\S*)?$',
      message:
        'write an http or https URL without credentials, such as https://host/path; credentials go into a Secret',
    },
  });
}

/** An image without tag or digest. */
export function imageRepository() {
  return text(255, {
    matches: {
      pattern: '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+$',
      message: 'write registry/path without tag or digest, such as registry.example.com/acme/shop',
    },
  });
}

/** An image with tag or digest, as a pod template would name it. */
export function imageReference() {
  return text(512, {
    matches: {
      pattern:
        '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][-.A-Za-z0-9_]{0,127})?(@sha256:[a-f0-9]{64})?$',
      message: 'write an image such as registry.example.com/acme/shop:1.2 or one with @sha256:<digest>',
    },
  });
}

export function digest() {
  return text(71, {
    matches: { pattern: '^sha256:[a-f0-9]{64}$', message: 'write a digest: sha256: and 64 hexadecimal digits' },
  });
}

/** A full commit id; a short one may become ambiguous with the next push. */
export function commit() {
  return text(64, {
    matches: {
      pattern: '^([a-f0-9]{40}|[a-f0-9]{64})$',
      message: 'write the full commit id: 40 (SHA-1) or 64 (SHA-256) lower case hexadecimal digits',
    },
  });
}

const refSegment = '[A-Za-z0-9_][-A-Za-z0-9_+@#=,]*(\\.[-A-Za-z0-9_+@#=,]+)*';

/** A branch or a tag. Narrower than git: nothing that starts like an option, climbs with `..` or needs quoting. */
export function refName() {
  return text(255, {
    matches: {
      pattern: `^${refSegment}(/${refSegment})*$`,
      message: 'write the short name, such as main or v1.2.0, without refs/heads/ in front of it',
    },
  });
}

const pathSegment = '\\.*[A-Za-z0-9_+@][-A-Za-z0-9_+@.]*';

/** A folder or file inside the repository. A segment of dots alone would leave the tree. */
export function repositoryPath() {
  return text(512, {
    matches: {
      pattern: `^(\\.|${pathSegment}(/${pathSegment})*)$`,
      message: "write a path inside the repository with '/' between folders, such as services/web, without '..'",
    },
  });
}

const gitHost = '[A-Za-z0-9][-A-Za-z0-9.]*(:[0-9]{1,5})?';

/** Where a repository is fetched from. No file, ext or git protocol, no credentials, no option in disguise. */
export function gitUrl() {
  return text(1024, {
    matches: {
      pattern: `^(https?://${gitHost}/[^\\s?#]+|ssh://([a-z_][-a-z0-9_]*@)?${gitHost}/[^\\s?#]+|[a-z_][-a-z0-9_]*@[A-Za-z0-9][-A-Za-z0-9.]*:[^\\s?#]+)$`,
      message:
        'write https://host/path.git, ssh://git@host/path.git or git@host:path.git; credentials go into a Secret named by credentialsRef',
    },
  });
}

export function hostname() {
  return text(253, {
    matches: {
      pattern: '^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$',
      message: 'write a host name such as shop.example.com, or *.example.com for every name below it',
    },
  });
}
