import { z } from 'zod';
import { atomicList } from '../fields/lists.ts';
import { int32, quantity, seconds } from '../fields/numbers.ts';
import { atMostOne } from '../fields/rules.ts';
import { text } from '../fields/text.ts';
import { env, envFrom } from './env.ts';

export const argument = () => text(4096, { min: 0 });

const urlPath = () =>
  text(1024, {
    matches: { pattern: '^/[^\\s#]*$', message: "write a path that starts with '/', such as /healthz" },
  });

/** `health` decides when a replica may get traffic; it is read the same way in the cluster and on every Target. */
const health = atMostOne(
  z.strictObject({
    path: urlPath()
      .optional()
      .describe(
        'Path that answers 200 to 399 when the app can serve. Default: a TCP connection to the port is enough.',
      ),
    command: atomicList(argument(), { max: 32, min: 1 })
      .optional()
      .describe('Command inside the container that exits 0 when the app can serve, instead of `path`.'),
    intervalSeconds: seconds(1, 300).optional().describe('Time between two questions. Default 5.'),
    timeoutSeconds: seconds(1, 60).optional().describe('Time for an answer. Default 2.'),
    failures: int32(1, 100)
      .optional()
      .describe('Wrong answers in a row before a replica gets no more traffic. Default 3.'),
    startupSeconds: seconds(1, 3600)
      .optional()
      .describe('Time that a fresh replica may take to its first right answer; then it is restarted. Default 60.'),
    restart: z
      .boolean()
      .optional()
      .describe('True restarts a replica that stays unhealthy; use it only where a restart cures. Default false.'),
  }),
  ['path', 'command'],
  'set path or command, not both',
);

const replicas = () => int32(0, 10_000);
const scale = z.strictObject({
  replicas: replicas().optional().describe('Number of replicas; 0 is allowed.'),
});

/** What every place can run. All fields are optional and without defaults: Projects and their overrides hold parts. */
const fields = {
  command: atomicList(argument(), { max: 64 })
    .optional()
    .describe("Replaces the image's entry point. Default: the image's own."),
  args: atomicList(argument(), { max: 128 })
    .optional()
    .describe("Replaces the image's arguments. Default: the image's own."),
  env: env(),
  envFrom: envFrom(),
  port: int32(1, 65_535)
    .optional()
    .describe(
      'Port that the app listens on. Default none: a worker that gets no traffic, with Rolling and Recreate only.',
    ),
  scale: scale.optional().describe('How many replicas run.'),
  cpu: quantity('500m or 2').optional().describe('CPU that each replica is promised.'),
  memory: quantity('512Mi or 2Gi').optional().describe('Memory that each replica is promised and may not exceed.'),
  health: health.optional().describe('How to see that a replica can serve. Default: a TCP connection to the port.'),
};

/** As Projects hold it: only what is said; the rest comes from the Deployment's defaults. */
export const partialWorkload = z.strictObject(fields);

/** As Deployments hold it. `replicas` has a default because the scale subresource fails on an absent value. */
export const workload = z.strictObject({
  ...fields,
  scale: z
    .strictObject({
      replicas: replicas()
        .default(1)
        .describe(
          'Number of replicas; 0 is allowed. An autoscaler that targets this Deployment owns the field: leave it out then. Default 1.',
        ),
    })
    .prefault({})
    .describe('How many replicas run.'),
  cpu: quantity('500m or 2')
    .default('100m')
    .describe('CPU that each replica is promised; there is no upper limit. Default 100m.'),
  memory: quantity('512Mi or 2Gi')
    .default('512Mi')
    .describe(
      'Memory that each replica is promised and may not exceed; beyond it the replica is killed. Default 512Mi.',
    ),
});

export type PartialWorkload = z.output<typeof partialWorkload>;
export type Workload = z.output<typeof workload>;
