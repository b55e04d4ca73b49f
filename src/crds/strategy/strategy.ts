import { z } from 'zod';
import { checkNames } from '../check/check.ts';
import { countOrPercent, int32, seconds } from '../fields/numbers.ts';
import { type Rule, withRules } from '../fields/rules.ts';
import { steps } from './steps.ts';

type CountOrPercent = number | string;
const isZero = (value: CountOrPercent) => value === 0 || value === '0%';

export const rolling = withRules(
  z.strictObject({
    maxSurge: countOrPercent()
      .default('25%')
      .describe('Replicas above the wanted number during the change; a share is rounded up. Default 25%.'),
    maxUnavailable: countOrPercent()
      .default(0)
      .describe(
        'Replicas below the wanted number during the change; a share is rounded down. Default 0: no capacity is lost.',
      ),
    checks: checkNames()
      .optional()
      .describe('Checks to run when all replicas are new; a failure rolls back. Default none.'),
  }),
  {
    rule: "!(self.maxSurge in [dyn(0), dyn('0%')] && self.maxUnavailable in [dyn(0), dyn('0%')])",
    message: 'maxSurge and maxUnavailable must not both be 0, or no replica can ever be replaced',
    holds: (value) => !(isZero(value.maxSurge) && isZero(value.maxUnavailable)),
  },
);

const previous = withRules(
  z.strictObject({
    warm: z
      .enum(['Full', 'Fixed', 'None'])
      .default('Full')
      .describe(
        'Size of the previous release while it is kept: as the live one, `replicas`, or nothing. Default Full.',
      ),
    replicas: int32(1, 10_000).optional().describe('Size with `warm: Fixed`.'),
    warmSeconds: seconds(0, 604_800)
      .default(300)
      .describe('Time that the previous release is kept for an instant rollback. Default 300.'),
  }),
  {
    rule: "(self.warm == 'Fixed') == has(self.replicas)",
    message: 'set replicas with warm: Fixed, and only then',
    holds: (value) => (value.warm === 'Fixed') === (value.replicas !== undefined),
  },
);

const warm = () => previous.prefault({}).describe('The release before this one, kept for an instant rollback.');
const background = () => checkNames().optional().describe('Checks that run during the whole rollout. Default none.');

export const blueGreen = withRules(
  z.strictObject({
    promotion: z
      .enum(['Automatic', 'Manual'])
      .default('Automatic')
      .describe(
        'Who switches the traffic: the operator when the checks pass, or a person with vish.dev/promote. Default Automatic.',
      ),
    approvalDeadlineSeconds: seconds(1, 2_592_000)
      .optional()
      .describe(
        'Time for the decision with `promotion: Manual`; then the release is aborted. Default none: it waits as long as it takes.',
      ),
    previewReplicas: int32(1, 10_000)
      .optional()
      .describe(
        'Size of the new release before the switch, scaled to full before it gets traffic. Default: full size from the start.',
      ),
    before: checkNames().optional().describe('Checks before the switch. Default none.'),
    after: checkNames().optional().describe('Checks after the switch; a failure switches back. Default none.'),
    background: background(),
    previous: warm(),
  }),
  {
    rule: "!has(self.approvalDeadlineSeconds) || self.promotion == 'Manual'",
    message: 'approvalDeadlineSeconds needs promotion: Manual',
    holds: (value) => value.approvalDeadlineSeconds === undefined || value.promotion === 'Manual',
  },
);

const canary = z.strictObject({ steps: steps(), background: background(), previous: warm() });

export const strategyTypes = ['Rolling', 'BlueGreen', 'Canary', 'Recreate'] as const;
export type StrategyType = (typeof strategyTypes)[number];

const base = z.strictObject({
  type: z.enum(strategyTypes).default('Rolling').describe('How a release replaces the one before it. Default Rolling.'),
  rolling: rolling.optional().describe('Settings of type Rolling: replica by replica.'),
  blueGreen: blueGreen
    .optional()
    .describe('Settings of type BlueGreen: all traffic at once, to a release that runs in full.'),
  canary: canary.optional().describe('Settings of type Canary: traffic step by step.'),
  minReadySeconds: seconds(0, 3600)
    .default(0)
    .describe('Time that a replica must be ready before it counts as available. Default 0.'),
  progressDeadlineSeconds: seconds(10, 86_400)
    .default(600)
    .describe(
      'Time without progress in a phase that waits for a machine; then the release is rolled back. Default 600.',
    ),
});

type Base = z.output<typeof base>;

export const strategy = withRules(
  base,
  settingsRule('rolling', 'Rolling'),
  settingsRule('blueGreen', 'BlueGreen'),
  settingsRule('canary', 'Canary'),
  {
    rule: "self.type != 'Canary' || has(self.canary)",
    message: 'type: Canary needs canary.steps, such as canary: {steps: [{weight: 10}, {pauseSeconds: 60}]}',
    holds: (value) => value.type !== 'Canary' || value.canary !== undefined,
  },
  {
    rule: 'self.minReadySeconds < self.progressDeadlineSeconds',
    message: 'progressDeadlineSeconds must be greater than minReadySeconds',
    holds: (value) => value.minReadySeconds < value.progressDeadlineSeconds,
  },
);

function settingsRule(field: 'rolling' | 'blueGreen' | 'canary', type: StrategyType): Rule<Base> {
  return {
    rule: `!has(self.${field}) || self.type == '${type}'`,
    message: `${field} needs type: ${type}; set the type or remove ${field}`,
    holds: (value) => value[field] === undefined || value.type === type,
  };
}

export type Strategy = z.output<typeof strategy>;
export type RollingStrategy = z.output<typeof rolling>;
export type BlueGreenStrategy = z.output<typeof blueGreen>;
export type CanaryStrategy = z.output<typeof canary>;
