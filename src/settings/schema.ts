import { z } from 'zod';
import { atomicList, listMap, listSet } from '../crds/fields/lists.ts';
import { label, objectName } from '../crds/fields/names.ts';
import { int32, quantity, seconds } from '../crds/fields/numbers.ts';
import { type Pattern, text } from '../crds/fields/text.ts';
import { httpUrl } from '../crds/fields/urls.ts';
import { type BaseImage, baseImages as baseImageTable } from '../images/analysis/plan/base-images.ts';
import { publicKeyOf } from '../images/signature/keys.ts';
import { compilePolicy } from '../outbound/policy.ts';

const hostPattern: Pattern = {
  pattern: '^[-A-Za-z0-9._:]+$',
  message: 'write a host name or an address, without scheme and path, such as registry.internal:5000',
};
const prefixPattern: Pattern = {
  pattern: '^[-A-Za-z0-9._:]+(/[-a-z0-9._]+)*$',
  message: 'write a registry and a path, without scheme, such as registry.internal:5000/hub',
};
const imagePattern: Pattern = {
  pattern: '^[-A-Za-z0-9._:/@{}]+$',
  message: 'write the name of an image, such as registry.internal:5000/node:{version}',
};
const host = () => text(253, { matches: hostPattern });

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

const builds = z.strictObject({
  namespace: label().default('vish-builds').describe('Where build pods run. Nothing else may be there.'),
  builderImage: text(500).optional().describe('Image with git, BuildKit and the steps. Absent: nothing can be built.'),
  pullSecrets: listSet(objectName(), { max: 8 })
    .default([])
    .describe('Secrets in the build namespace that the builder image is pulled with.'),
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
  deadlineSeconds: seconds(60, 86_400)
    .default(3600)
    .describe('A build that lasts longer is stopped, when its Build says nothing.'),
  keepSeconds: seconds(0, 604_800).default(3600).describe('How long an ended build stays to be looked at.'),
  cache: cache
    .optional()
    .describe('One volume for each Project, so that trusted builds begin warm. Absent: every build starts empty.'),
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
  registries: listMap(registry, { max: 64, keys: ['host'] })
    .default([])
    .describe('How BuildKit reaches registries that are not plain HTTPS.'),
});

const exception = z.strictObject({
  cidr: text(49).describe('Addresses that may be reached: 10.20.0.0/16, or one address.'),
  port: int32(1, 65_535).exactOptional().describe('Only this port. Absent: every port that is allowed anyway.'),
  host: host().exactOptional().describe('Only this host name. Absent: any name that leads to the addresses.'),
  http: z.boolean().exactOptional().describe('Allows plain HTTP there.'),
});

const outbound = z.strictObject({
  allow: atomicList(exception, { max: 100 })
    .default([])
    .describe('Holes in the refused ranges. Without one only public addresses are reached.'),
  clusterRanges: listSet(text(49), { max: 100 })
    .default([])
    .describe('Pod, Service and node ranges of this cluster. Private ranges are refused in any case.'),
  apiServers: listSet(host(), { max: 32 })
    .default([])
    .describe('Addresses and names of the API server, which nothing of a user may reach.'),
  ca: text(200_000).optional().describe("Certificates in PEM that are trusted besides the image's own."),
});

const signatures = z
  .strictObject({
    trusted: objectName()
      .optional()
      .describe(
        "Secret in the operator's namespace with the key that trusted images are signed with. Absent: they are not.",
      ),
    untrusted: objectName()
      .optional()
      .describe('The same for untrusted images; another Secret. Absent: they are not signed.'),
    require: z
      .boolean()
      .default(false)
      .describe('Deployments release only images with a signature of the key of trusted images, or one of publicKeys.'),
    publicKeys: listSet(text(1000), { max: 32 })
      .default([])
      .describe(
        'ECDSA P-256 keys in PEM whose signatures count as well: of other builders, and of keys before the present one.',
      ),
  })
  .superRefine(({ trusted, untrusted, require, publicKeys }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if (trusted !== undefined && trusted === untrusted) refuse('each trust level needs a Secret of its own');
    if (require && trusted === undefined && publicKeys.length === 0)
      refuse('require needs the key of trusted images or publicKeys');
    if (publicKeys.some((pem) => publicKeyOf(pem) === undefined))
      refuse('publicKeys takes public ECDSA P-256 keys in PEM');
  });

const ecs = z.strictObject({
  endpoint: z
    .url()
    .max(500)
    .optional()
    .describe("Takes the place of all of AWS's addresses: for tests with a stand-in. Absent: AWS."),
});

const checks = z.strictObject({
  prometheusAddress: httpUrl()
    .optional()
    .describe(
      'Prometheus-compatible API for checks that name none. Whoever may write a Deployment can read any number in it. Absent: each check names its own.',
    ),
});

const rollouts = z.strictObject({
  maxConcurrent: int32(1, 10_000)
    .default(100)
    .describe(
      'Rollouts that are under way at once; the others wait, and namespaces take turns. An emergency never waits.',
    ),
});

const metrics = z.strictObject({
  protected: z
    .boolean()
    .default(false)
    .describe(
      'Only whose token the API server lets get /metrics is answered there. Needs rights in the whole cluster.',
    ),
});

const settingsFields = z.strictObject({
  namespaces: listSet(label(), { max: 20, min: 1 })
    .exactOptional()
    .describe(
      'The namespaces that the operator looks at, with rights in these alone. Its build namespace is another one. Absent: all.',
    ),
  builds: builds.prefault({}).describe('How images are built.'),
  outbound: checked(outbound).prefault({}).describe('What the operator reaches when a user gives it an address.'),
  rollouts: rollouts.prefault({}).describe('How releases become live.'),
  checks: checks.prefault({}).describe('How checks of rollouts measure.'),
  signatures: signatures.prefault({}).describe("Signatures of images, in cosign's format."),
  ecs: ecs.prefault({}).describe('Targets on ECS.'),
  metrics: metrics.prefault({}).describe('What the operator tells Prometheus.'),
});

export const settingsSchema = settingsFields
  .refine(({ namespaces, builds }) => namespaces?.includes(builds.namespace) !== true, {
    path: ['namespaces'],
    message: 'the build namespace may not be among them: nothing but builds may be there',
  })
  .refine(({ namespaces, metrics: { protected: asks } }) => !asks || namespaces === undefined, {
    path: ['metrics', 'protected'],
    message:
      'whose token it is can be asked with a ClusterRole only, and with namespaces there is none; let a NetworkPolicy say who reaches the port',
  });

export type Settings = z.output<typeof settingsSchema>;

/** The outbound client reads ranges and names itself: asked at the start, so that a mistake shows before the first use. */
function checked(schema: typeof outbound) {
  return schema.superRefine(({ allow: exceptions, clusterRanges, apiServers }, context) => {
    try {
      compilePolicy({ exceptions, clusterRanges, apiServers });
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });
}
