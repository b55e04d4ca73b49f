import { z } from 'zod';

/** How much of a repository is taken; the operator's settings `builds.source`. */
export const sourceLimits = z.strictObject({
  packMegabytes: z.number().int().positive(),
  megabytes: z.number().int().positive(),
  fileMegabytes: z.number().int().positive(),
  files: z.number().int().positive(),
  seconds: z.number().int().positive(),
});

/**
 * What the operator tells each step, as JSON in the environment of its container. Nothing secret: everybody who may read
 * the pod can read it. Credentials are files of the one container that needs them.
 */
export const clonePlan = z.strictObject({
  url: z.string(),
  /** Options before git's subcommand, and git's environment: the address that was checked, and nothing else. */
  gitArgs: z.array(z.string()),
  gitEnv: z.record(z.string(), z.string()),
  commit: z.string().regex(/^[a-f0-9]{40,64}$/),
  limits: sourceLimits,
  /** Nobody vouches for the commit: what follows may run only where a NetworkPolicy holds the pod. */
  mustBeIsolated: z.boolean().exactOptional(),
});

const registry = z.strictObject({
  /** As images name it: `docker.io`, `registry.example.com:5000`. */
  host: z.string(),
  /** Asked first, in this order. */
  mirrors: z.array(z.string()).optional(),
  /** Speaks plain http. */
  http: z.boolean().optional(),
  /** Its certificate is not checked. */
  insecure: z.boolean().optional(),
});

const baseImages = z.strictObject({
  prefix: z.string().exactOptional(),
  images: z.array(z.strictObject({ name: z.string(), image: z.string() })).exactOptional(),
});

export const buildPlan = z.strictObject({
  /** Folder of the service in the repository. */
  path: z.string(),
  dockerfile: z.string().optional(),
  context: z.string().optional(),
  stage: z.string().optional(),
  args: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  platforms: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  registries: z.array(registry),
  /** What the state folder may keep for the next build. */
  cacheMegabytes: z.number().int().positive(),
  /** What is recorded of the build and attached to the image. */
  attestations: z.strictObject({
    provenance: z.boolean(),
    /** Image that lists what is in the built one. */
    sbomGenerator: z.string().exactOptional(),
  }),
  /** For a derived Dockerfile. */
  baseImages: baseImages.exactOptional(),
  /** Ids of what commands may mount; each is a file of this name. */
  secrets: z.array(z.string()).exactOptional(),
  /** What commands may have at once, for each user that they run as. */
  processes: z.number().int().positive(),
  /** BuildKit runs as the user of the step, in a user namespace that it makes itself. */
  rootless: z.boolean().exactOptional(),
  /** The only hosts that the build may reach, `*.` for all below a name. Absent: what the network lets through. */
  hosts: z.array(z.string()).exactOptional(),
  /** The Docker Engine that builds, `unix:///...` or `tcp://host:port`. Absent: a BuildKit of the pod's own. */
  engine: z.string().exactOptional(),
});

const exception = z.strictObject({
  cidr: z.string(),
  host: z.string().exactOptional(),
  port: z.number().int().exactOptional(),
  http: z.boolean().exactOptional(),
});

export const pushPlan = z.strictObject({
  repository: z.string(),
  tag: z.string(),
  /** What the outbound client may reach; the operator's own rules. */
  outbound: z.strictObject({
    clusterRanges: z.array(z.string()),
    apiServers: z.array(z.string()),
    exceptions: z.array(exception),
  }),
});

/** A plan as the environment takes it. Kubernetes puts other variables in where a `$` stands, and makes one of two. */
export function planText(plan: object): string {
  return JSON.stringify(plan).replaceAll('$', '\\u0024');
}

export type SourceLimits = z.output<typeof sourceLimits>;
export type ClonePlan = z.output<typeof clonePlan>;
export type BuildStepPlan = z.output<typeof buildPlan>;
export type PushPlan = z.output<typeof pushPlan>;
export type RegistryHost = z.output<typeof registry>;

/** Where each thing lies in the pod; the Job mounts it there and the steps look for it there. */
export const places = {
  program: '/opt/vish/step.js',
  plan: 'VISH_STEP',
  workspace: '/workspace',
  repository: '/workspace/repository',
  layout: '/layout',
  image: '/layout/image',
  scratch: '/tmp',
  state: '/var/lib/buildkit',
  secrets: '/secrets',
  engineSocket: '/engine/docker.sock',
  engineTls: '/engine/tls',
  credentials: '/credentials',
  authorization: 'authorization',
  privateKey: 'ssh-privatekey',
  knownHosts: 'known_hosts',
  keyFolder: '/run/git-key',
  registryLogin: 'config.json',
  result: '/dev/termination-log',
} as const;
