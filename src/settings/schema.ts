import { z } from 'zod';
import { atomicList, listSet } from '../crds/fields/lists.ts';
import { label, objectName } from '../crds/fields/names.ts';
import { int32 } from '../crds/fields/numbers.ts';
import { text } from '../crds/fields/text.ts';
import { httpUrl } from '../crds/fields/urls.ts';
import { publicKeyOf } from '../images/signature/keys.ts';
import { compilePolicy } from '../outbound/policy.ts';
import { builds, isOfBuilds } from './builds.ts';
import { host } from './host.ts';

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
      'The namespaces that the operator looks at, with rights in these alone. Its build namespaces are other ones. Absent: all.',
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
  .refine(({ namespaces = [], builds }) => !namespaces.some((name) => isOfBuilds(name, builds)), {
    path: ['namespaces'],
    message: 'no build namespace may be among them: nothing but builds may be there',
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
