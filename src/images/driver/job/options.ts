import type { Trust } from '../../../crds/build/status.ts';
import type { RegistryHost } from '../../steps/plans.ts';

/** Where build pods run. Nothing else lives there, and no two trust levels share one. */
export interface BuildNamespaceNames {
  /** Of trusted builds. */
  readonly namespace: string;
  readonly untrustedNamespace: string;
}

/** The operator's settings for builds in Jobs. */
export interface JobOptions extends BuildNamespaceNames {
  /** Image with the steps, git and BuildKit. */
  readonly builderImage?: string | undefined;
  readonly pullSecrets: readonly string[];
  /** For builds that ask for nothing else: requested and, of memory, the limit. */
  readonly memory: string | number;
  readonly cpu: string | number;
  /** Context, layers and image together. */
  readonly storage: string | number;
  /** A volume for each Project that keeps BuildKit's state. Default: every build starts empty. */
  readonly cache?: CacheOptions | undefined;
  /** Builds what is trusted. Default: a BuildKit of the pod's own. */
  readonly docker?: DockerOptions | undefined;
  readonly registries: readonly RegistryHost[];
  /** What the commands of one build may have at once. */
  readonly processes: number;
  /** BuildKit without a user namespace of the pod: nothing of the build is root of the node. Trusted builds alone. */
  readonly rootless: boolean;
  /** The only hosts that untrusted builds may reach. Default: what the network lets through. */
  readonly untrustedHosts?: readonly string[] | undefined;
  /** How long an ended Job stays to be looked at. */
  readonly keepSeconds: number;
}

export interface CacheOptions {
  /** Default: that of the cluster. */
  readonly storageClass?: string | undefined;
  readonly megabytes: number;
}

export interface DockerOptions {
  /** `unix:///path` on every node, or `tcp://host:port`. */
  readonly host: string;
  /** Secret beside the Jobs with ca.pem, cert.pem and key.pem. */
  readonly tlsSecret?: string | undefined;
}

/** An Engine shares its cache and its rights with all that it builds: code that nobody vouches for never gets there. */
export function dockerFor(trust: Trust, { docker }: Pick<JobOptions, 'docker'>): DockerOptions | undefined {
  return trust === 'Trusted' ? docker : undefined;
}

/** Those that a build may reach. Undefined: what the network lets through. */
export function hostsFor(
  trust: Trust,
  { untrustedHosts }: Pick<JobOptions, 'untrustedHosts'>,
): readonly string[] | undefined {
  return trust === 'Trusted' ? undefined : untrustedHosts;
}

/** Where everything is that belongs to a build of this trust level. Nothing else decides it. */
export function namespaceFor(trust: Trust, { namespace, untrustedNamespace }: BuildNamespaceNames): string {
  return trust === 'Trusted' ? namespace : untrustedNamespace;
}

/**
 * What an untrusted build left in a cache, a trusted one would put into its image: it starts empty, and leaves nothing. An
 * Engine has a cache of its own.
 */
export function cacheFor(trust: Trust, options: Pick<JobOptions, 'cache' | 'docker'>): CacheOptions | undefined {
  return trust === 'Trusted' && options.docker === undefined ? options.cache : undefined;
}

/** What BuildKit may keep in a folder that goes with the pod: more than one build needs, so that nothing is removed. */
export const throwawayMegabytes = 1_000_000;
