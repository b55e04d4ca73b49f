import { z } from 'zod';
import { listMap } from '../fields/lists.ts';
import { reasonPattern } from '../fields/names.ts';
import { int64 } from '../fields/numbers.ts';
import { time } from '../fields/references.ts';
import { text } from '../fields/text.ts';

/** Longer texts are cut by `setCondition`: status is stored whole with every write. */
export const maxMessage = 4096;

/** The shape of metav1.Condition. The type is open, so that other controllers may add their own. */
export const condition = z.strictObject({
  type: text(316, {
    matches: {
      pattern: '^([-A-Za-z0-9.]+/)?[A-Za-z]([-A-Za-z0-9_.]*[A-Za-z0-9])?$',
      message: 'write a condition type, such as Ready or example.com/Checked',
    },
  }).describe('What the condition is about.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Whether it holds.'),
  observedGeneration: int64().optional().describe('Generation of the spec that it was decided for.'),
  lastTransitionTime: time().describe('When `status` last changed.'),
  reason: text(1024, { matches: reasonPattern }).describe(
    'One word for programs; the reference of reasons explains each.',
  ),
  message: text(maxMessage, { min: 0 }).describe('A sentence for people.'),
});

export type Condition = z.output<typeof condition>;
export type ConditionStatus = Condition['status'];

/** What every status starts with. */
export const statusFields = {
  observedGeneration: int64(-1)
    .optional()
    .describe('Generation of the spec that this status is about; -1 until the operator has looked.'),
  conditions: listMap(condition, { max: 24, keys: ['type'] })
    .optional()
    .describe('Ready sums up; Reconciling and Stalled are there only while they are True.'),
};
