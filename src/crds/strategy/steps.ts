import { z } from 'zod';
import { checkNames } from '../check/check.ts';
import { atomicList } from '../fields/lists.ts';
import { int32, seconds } from '../fields/numbers.ts';
import { exactlyOne } from '../fields/rules.ts';
import { text } from '../fields/text.ts';

const headerMatch = z.strictObject({
  name: text(256, {
    matches: { pattern: '^[-A-Za-z0-9!#$%&*+.^_|~]+$', message: 'write a header name, such as X-Canary' },
  }).describe('Name of the header.'),
  value: text(4096).describe('Exact value of the header.'),
});

const approval = z.strictObject({
  deadlineSeconds: seconds(1, 2_592_000)
    .optional()
    .describe('Time for the decision; then the release is aborted. Default none: it waits as long as it takes.'),
});

const members = ['weight', 'pauseSeconds', 'approval', 'replicas', 'checks', 'headers', 'mirrorPercent'] as const;

const step = exactlyOne(
  z.strictObject({
    weight: int32(0, 100).optional().describe('Share of the traffic for the new release, in percent.'),
    pauseSeconds: seconds(1, 2_592_000).optional().describe('Waits this long.'),
    approval: approval.optional().describe('Waits for a person: the annotation vish.dev/promote.'),
    replicas: int32(0, 10_000)
      .optional()
      .describe('Sets the size of the new release until the next such step. Default: its share of the replicas.'),
    checks: checkNames().optional().describe('Runs these checks to their end.'),
    headers: atomicList(headerMatch, { max: 8, min: 1 })
      .optional()
      .describe('Sends requests with all these headers to the new release. Needs a gateway.'),
    mirrorPercent: int32(0, 100)
      .optional()
      .describe(
        'Copies this share of the requests to the new release and drops its answers. Needs a gateway that can mirror.',
      ),
  }),
  members,
  `set exactly one of ${members.join(', ')} in each step`,
);

export const steps = () =>
  atomicList(step, { max: 32, min: 1 }).describe(
    'What happens, in order. After the last step all traffic goes to the new release.',
  );

export type CanaryStep = z.output<typeof step>;
