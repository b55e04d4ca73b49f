import { z } from 'zod';
import { atomicList, listMap, listSet } from '../fields/lists.ts';
import { label } from '../fields/names.ts';
import { int32, seconds } from '../fields/numbers.ts';
import { reference } from '../fields/references.ts';
import { exactlyOne, withRules } from '../fields/rules.ts';
import { text } from '../fields/text.ts';
import { httpUrl, imageReference } from '../fields/urls.ts';
import { argument } from '../workload/workload.ts';

const http = exactlyOne(
  z.strictObject({
    path: text(1024, {
      matches: {
        pattern: '^/[!-"$-\\[\\]-~]*$',
        message: "write a path that starts with '/', such as /healthz, and that has no spaces, # and backslashes",
      },
    })
      .optional()
      .describe(
        'Path, with its query, asked of a ready replica of the new release, in plain http. Only in this cluster.',
      ),
    url: httpUrl().optional().describe('Any address that the operator may reach, instead of `path`.'),
    expectedStatuses: listSet(int32(100, 599), { max: 16, min: 1 })
      .optional()
      .describe('Answers that pass. Default: 200 to 299.'),
    bodyContains: text(1024)
      .optional()
      .describe('Text that the first 64 KiB of the body must contain. Default: the body is not read.'),
  }),
  ['path', 'url'],
  'set exactly one of path (the new release) and url (any other address)',
);

const threshold = () =>
  text(40, {
    matches: {
      pattern: '^(>|>=|<|<=|==|!=) ?-?[0-9]{1,15}(\\.[0-9]{1,15})?$',
      message: "write a comparison and a number, such as '> 0.01'",
    },
  });

const prometheus = exactlyOne(
  z.strictObject({
    address: httpUrl()
      .optional()
      .describe("Prometheus-compatible API. Default: the address in the operator's configuration."),
    query: text(4096).describe(
      'PromQL that gives one number for the new release. {{release}}, {{namespace}} and {{name}} are replaced.',
    ),
    failWhen: threshold().optional().describe("The measurement fails when this holds for the value, such as '> 0.01'."),
    baseline: z
      .strictObject({
        query: text(4096).describe('The same measure for the live release.'),
        maxIncreasePercent: int32(0, 10_000).describe(
          'The measurement fails when the new value exceeds the live one by more than this.',
        ),
      })
      .optional()
      .describe('Compares with the live release instead of a fixed threshold.'),
    credentialsRef: reference('Secret with `token`, or with `username` and `password`')
      .optional()
      .describe('How to log in. Default: no credentials.'),
  }),
  ['failWhen', 'baseline'],
  'set exactly one of failWhen (a fixed threshold) and baseline (against the live release)',
);

const job = z.strictObject({
  command: atomicList(argument(), { max: 64, min: 1 }).describe('Command and arguments; exit code 0 passes.'),
  image: imageReference().optional().describe("Image to run. Default: the new release's image with its configuration."),
});

const webhook = z.strictObject({
  url: httpUrl().describe(
    'Gets a POST with the release and the step as JSON; 200 to 299 passes, 202 means no answer yet.',
  ),
  credentialsRef: reference('Secret with `token`, sent as a bearer token')
    .optional()
    .describe('How to log in. Default: no credentials.'),
});

const shape = exactlyOne(
  z.strictObject({
    name: label(40).describe(
      "Name that steps use. A Deployment's check hides the check of the same name in its Project.",
    ),
    http: http.optional().describe('Asks an address.'),
    prometheus: prometheus.optional().describe('Asks a metric.'),
    job: job.optional().describe('Runs a command to its end.'),
    webhook: webhook.optional().describe('Asks a service of yours.'),
    initialDelaySeconds: seconds(0, 86_400).default(0).describe('Time before the first measurement. Default 0.'),
    intervalSeconds: seconds(1, 86_400).default(10).describe('Time between two measurements. Default 10.'),
    timeoutSeconds: seconds(1, 3600).default(10).describe('Time for one measurement; then it has no data. Default 10.'),
    count: int32(1, 1000)
      .default(3)
      .describe(
        'Measurements with data that make a result. In the background every so many count anew until the rollout ends. Default 3.',
      ),
    failureLimit: int32(0, 1000)
      .default(1)
      .describe(
        'Failed measurements that are borne; one more fails the check. Default 1, so one noisy sample changes nothing.',
      ),
    inconclusiveLimit: int32(0, 1000)
      .default(3)
      .describe('Measurements without data, one after the other, that are borne before `onNoData` decides. Default 3.'),
    onNoData: z
      .enum(['Pass', 'Fail', 'Wait'])
      .default('Wait')
      .describe('What no data means: pass, fail, or wait for a person. Default Wait.'),
    dryRun: z.boolean().default(false).describe('True measures and shows, and never stops a rollout. Default false.'),
  }),
  ['http', 'prometheus', 'job', 'webhook'],
  'set exactly one of http, prometheus, job and webhook',
);

const check = withRules(shape, {
  rule: 'self.failureLimit < self.count',
  message: 'failureLimit must be below count, or the check can never fail',
  holds: (value) => value.failureLimit < value.count,
});

export const checks = () => listMap(check, { max: 32 }).optional();

/** Checks by name, where a strategy asks for them. */
export const checkNames = () => listSet(label(40), { max: 16, min: 1 });

export type Check = z.output<typeof check>;
