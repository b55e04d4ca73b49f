import { z } from 'zod';
import { atomicList, listMap, listSet } from '../crds/fields/lists.ts';
import { label, objectName } from '../crds/fields/names.ts';
import { int32, quantity, seconds } from '../crds/fields/numbers.ts';
import { type Pattern, text } from '../crds/fields/text.ts';
import { type BaseImage, baseImages as baseImageTable } from '../images/analysis/plan/base-images.ts';
import { host } from './host.ts';

const prefixPattern: Pattern = {
  pattern: '^[-A-Za-z0-9._:]+(/[-a-z0-9._]+)*$',
  message: 'write a registry and a path, without scheme, such as registry.internal:5000/hub',
};
const imagePattern: Pattern = {
  pattern: '^[-A-Za-z0-9._:/@{}]+$',
  message: 'write the name of an image, such as registry.internal:5000/node:{version}',
};
const registry = z.strictObject({
  host: host().describe('As image names begin: docker.io, registry.example.com:5000.'),
  mirrors: atomicList(host(), { max: 8 }).optional().describe('Asked first, in this order.'),
  http: z.boolean().default(false).describe('The registry speaks plain HTTP.'),
  insecure: z.boolean().default(false).describe('Its certificate is not checked.'),
});

const cache = z.strictObject({
  storageClass: objectName()
    .optional()
    .describe('Storage class of the volumes. Absent: the default one of the cluster.'),
  megabytes: int32(512, 1_000_000).default(10_000).describe('Size of each volume, and how much BuildKit keeps in it.'),
});

const dockerHost: Pattern = {
  pattern: '^(unix:///[-A-Za-z0-9._/]+|tcp://[-A-Za-z0-9.]+:[0-9]{1,5})$',
  message: 'write unix:///var/run/docker.sock, or tcp://host:port',
};
const docker = z
  .strictObject({
    host: text(300, { matches: dockerHost }).describe(
      'unix:///path of a socket that every node has, or tcp://host:port, which is spoken to over TLS.',
    ),
    tlsSecret: objectName()
      .optional()
      .describe('Secret in namespace with ca.pem, cert.pem and key.pem, as the docker command has them. For tcp://.'),
  })
  .refine(({ host, tlsSecret }) => host.startsWith('unix://') === (tlsSecret === undefined), {
    path: ['tlsSecret'],
    message: 'tcp:// needs it, because whoever reaches an Engine without TLS is root there; unix:// takes none',
  });

const hostNamePattern: Pattern = {
  pattern: '^([*][.])?[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$',
  message: 'write a host name such as registry.npmjs.org, or *.example.com for all below it; no scheme, port or path',
};

const source = z.strictObject({
  packMegabytes: int32(1, 100_000).default(1000).describe('Size of the commit as the git host sends it.'),
  megabytes: int32(1, 100_000).default(4000).describe('Size of all its files.'),
  fileMegabytes: int32(1, 100_000).default(500).describe('Size of one file.'),
  files: int32(1, 10_000_000).default(200_000).describe('Number of its files and folders.'),
  seconds: seconds(1, 86_400).default(600).describe('Time to fetch it.'),
});

const baseImage = z.strictObject({
  name: z
    .enum(Object.keys(baseImageTable) as [BaseImage, ...BaseImage[]])
    .describe('Name in the table of base images.'),
  image: text(200, { matches: imagePattern }).describe(
    'Image that takes its place; {version} stands for the version of the language.',
  ),
});
const isVersioned = ({ name, image }: z.output<typeof baseImage>) =>
  baseImageTable[name].includes('{version}') || !image.includes('{version}');

const baseImages = z.strictObject({
  prefix: text(253, { matches: prefixPattern })
    .exactOptional()
    .describe('Stands before the names of all that is not listed in images.'),
  images: listMap(
    baseImage.refine(isVersioned, { path: ['image'], message: 'this image has no {version}; write the tag' }),
    { max: 64 },
  )
    .exactOptional()
    .describe('Images of your own.'),
});

const buildFields = z.strictObject({
  namespace: label()
    .default('vish-builds')
    .describe('Where the pods of trusted builds run. Nothing else may be there.'),
  untrustedNamespace: label()
    .optional()
    .describe(
      'Where the pods of untrusted builds run. Nothing else may be there. Absent: the name of namespace with -untrusted behind it.',
    ),
  builderImage: text(500).optional().describe('Image with git, BuildKit and the steps. Absent: nothing can be built.'),
  pullSecrets: listSet(objectName(), { max: 8 })
    .default([])
    .describe('Secrets that the builder image is pulled with, of these names in both build namespaces.'),
  maxConcurrent: int32(1, 1000)
    .default(4)
    .describe('Builds that run at once; the others wait, and namespaces take turns.'),
  cpu: quantity('500m').default('500m').describe('CPU that a build requests when its Build says nothing.'),
  memory: quantity('2Gi')
    .default('2Gi')
    .describe('Memory that a build requests and may use at most, when its Build says nothing.'),
  maxCpu: quantity('8').default('8').describe('A Build that asks for more fails with BuildTooLarge.'),
  maxMemory: quantity('16Gi').default('16Gi').describe('A Build that asks for more fails with BuildTooLarge.'),
  storage: quantity('20Gi')
    .default('20Gi')
    .describe('Space for the repository, the layers and the image of one build.'),
  processes: int32(100, 1_000_000)
    .default(8192)
    .describe(
      'Processes and threads that commands of one build may have at once, for each user that they run as. Does not hold for a Docker Engine.',
    ),
  deadlineSeconds: seconds(60, 86_400)
    .default(3600)
    .describe('A build that lasts longer is stopped, when its Build says nothing.'),
  keepSeconds: seconds(0, 604_800).default(3600).describe('How long an ended build stays to be looked at.'),
  rootless: z
    .boolean()
    .default(false)
    .describe(
      'Trusted builds run without user namespaces for pods, for nodes that cannot have them; untrusted ones are refused. A cluster that leaves hostUsers out needs no setting.',
    ),
  cache: cache
    .optional()
    .describe('One volume for each Project, so that trusted builds begin warm. Absent: every build starts empty.'),
  docker: docker
    .optional()
    .describe(
      'Docker Engine that builds what is trusted, with a cache of its own. Untrusted builds keep to BuildKit in pods of their own. Absent: all builds do.',
    ),
  source: source.prefault({}).describe('How much of a repository is taken; more is refused with SourceRefused.'),
  provenance: z
    .boolean()
    .default(true)
    .describe(
      'Records how an image was built (SLSA provenance, without the values of arguments), attached to the image.',
    ),
  sbomGenerator: text(500)
    .optional()
    .describe(
      'Image that lists what is in each built image, as BuildKit asks for it: docker/buildkit-syft-scanner or one like it. It is pulled, and adds seconds to each build. Absent: no list of contents.',
    ),
  baseImages: baseImages
    .optional()
    .describe('What the Dockerfiles begin with that are derived for repositories without one.'),
  untrustedWithoutNetworkPolicy: z
    .boolean()
    .default(false)
    .describe(
      'Builds code that nobody vouches for although its pod reaches the API server, because no NetworkPolicy holds it. False: such a Build fails with UntrustedBuildRefused.',
    ),
  untrustedHosts: listSet(text(253, { matches: hostNamePattern }), { max: 256 })
    .optional()
    .describe(
      'Hosts that untrusted builds may reach, by name, with the registries of their base images, such as docker.io. Their commands have no network then but a proxy for HTTP and HTTPS that opens TLS. Absent: what the NetworkPolicy lets through.',
    ),
  registries: listMap(registry, { max: 64, keys: ['host'] })
    .default([])
    .describe('How BuildKit reaches registries that are not plain HTTPS.'),
});

/** How images are built. */
export const builds = buildFields
  .refine(({ namespace, untrustedNamespace }) => namespace !== untrustedNamespace, {
    path: ['untrustedNamespace'],
    message: 'untrusted builds need a namespace of their own; name another one than namespace',
  })
  .refine(({ namespace, untrustedNamespace }) => untrustedNamespace !== undefined || namespace.length <= 53, {
    path: ['untrustedNamespace'],
    message: 'the name of namespace is too long to have -untrusted behind it; name one here',
  })
  .transform(({ untrustedNamespace, ...given }) => {
    return { ...given, untrustedNamespace: untrustedNamespace ?? `${given.namespace}-untrusted` };
  });

/** Nothing else may be in a namespace of this name. */
export function isOfBuilds(name: string, { namespace, untrustedNamespace }: z.output<typeof builds>): boolean {
  return name === namespace || name === untrustedNamespace;
}
