import { killKubelet, killOperator, startKubelet } from '../world/disasters.ts';
import type { World } from '../world/world.ts';
import {
  type Act,
  abort,
  begun,
  change,
  greet,
  halted,
  outlasted,
  promote,
  release,
  resume,
  rollBackTo,
  underWay,
} from './acts.ts';
import type { ColumnName } from './columns.ts';
import type { End } from './end.ts';

/** One line of the table: what happens, and how it ends for each strategy. */
export interface Row {
  readonly it: string;
  /** Happens to all strategies at the same time, before their acts. */
  readonly first?: () => Promise<void>;
  readonly acts: readonly Act[];
  /** Happens to all strategies at the same time, when each has done its acts. */
  readonly once?: (world: World) => Promise<void>;
  /** And after that. */
  readonly after?: readonly Act[];
  readonly ends: End;
  /** What is different for some. */
  readonly but?: Partial<Record<ColumnName, Partial<End>>>;
  /** Strategies that have no such thing. */
  readonly not?: readonly ColumnName[];
}

export const live: End = {
  state: 'Ready',
  ready: 'True/ReleaseLive',
  kstatus: 'Current',
  live: 'new',
  replicas: 2,
  outcomes: { new: 'Live', old: 'Superseded' },
  lost: 'none',
};

const rolledBack = (reason: string): End => ({
  ...live,
  state: 'RolledBack',
  ready: 'False/RolledBack',
  kstatus: 'Failed',
  live: 'old',
  outcomes: { new: `RolledBack: ${reason}` },
});

const lateBecause = (why: string): End => ({ ...rolledBack('ProgressDeadlineExceeded'), why });
const aborted: End = { ...rolledBack(''), ready: 'False/Aborted', outcomes: { new: 'Aborted: Aborted' } };
const letThrough: End = { ...live, live: 'earlier', outcomes: { earlier: 'Live', old: 'Superseded' } };
const held: End = { ...live, ready: 'True/Held', live: 'old', outcomes: { new: 'Superseded' } };

/** Recreate ends the old replicas before the first new one starts. */
export const outage = { recreate: { lost: 'some' } } as const;
const nobodyIsAsked = ['rolling', 'recreate'] as const;
/** Long enough to see why nothing gets further. */
const progressDeadlineSeconds = 15;

/** Releases that are no good. */
export const bad: readonly Row[] = [
  { it: 'goes live', acts: [release()], ends: live, but: outage },
  {
    it: 'is taken back by a check that fails',
    acts: [release({ way: 'measured', check: 'bad' })],
    ends: { ...rolledBack('CheckFailed'), why: 'Check "gate" failed' },
    not: ['recreate'],
  },
  {
    it: 'crashes at its start',
    acts: [release({ fault: 'crashes', progressDeadlineSeconds })],
    ends: lateBecause('ends with exit code 7'),
    but: outage,
  },
  {
    it: 'has an image that is not there',
    acts: [release({ missing: 'digest', progressDeadlineSeconds })],
    ends: lateBecause('a node cannot pull the image'),
    but: outage,
  },
  {
    it: 'has a tag that is not there, which is no release at all',
    acts: [release({ missing: 'tag' })],
    ends: { ...live, state: 'Degraded', ready: 'False/SourceNotFound', kstatus: 'Failed', live: 'old', outcomes: {} },
  },
  {
    it: 'hangs at its start',
    acts: [release({ fault: 'hangs', progressDeadlineSeconds })],
    // Whether it has run for long enough to say that it does not answer is left to how fast its pods started.
    ends: lateBecause('No progress for 15 s'),
    but: outage,
  },
  {
    it: 'fits on no node until its deadline',
    acts: [release({ fault: 'fits nowhere', progressDeadlineSeconds })],
    ends: lateBecause('no node takes a replica'),
    but: outage,
  },
  { it: 'is followed by a good one', acts: [release()], ends: live, but: outage },
];

/** People who do something in the middle. */
export const people: readonly Row[] = [
  {
    it: 'waits for an approval longer than for any machine',
    acts: [
      release({ way: 'halting' }),
      halted,
      change({ progressDeadlineSeconds: 10 }),
      outlasted,
      change({ progressDeadlineSeconds: 90 }),
      promote,
    ],
    ends: live,
    not: nobodyIsAsked,
  },
  {
    it: 'is approved by nobody',
    acts: [release({ way: 'impatient' })],
    ends: rolledBack('ApprovalDeadlineExceeded'),
    not: nobodyIsAsked,
  },
  { it: 'is aborted in the middle', acts: [release({ way: 'halting' }), halted, abort], ends: aborted, but: outage },
  {
    it: 'is aborted while its image hangs',
    acts: [release({ way: 'halting', fault: 'hangs' }), underWay, abort],
    ends: aborted,
    but: outage,
  },
  {
    it: 'gives way to a newer one in the middle',
    acts: [release({ way: 'halting' }), halted, release()],
    ends: { ...live, live: 'newer', outcomes: { newer: 'Live', new: 'Superseded', old: 'Superseded' } },
    but: outage,
  },
  { it: 'differs in configuration only', acts: [greet], ends: live, but: outage },
  {
    it: 'is scaled in the middle',
    acts: [release({ way: 'halting' }), halted, change({ replicas: 3 }), promote],
    ends: { ...live, replicas: 3 },
    but: outage,
  },
  {
    it: 'goes live by another strategy, also while the one before is warm',
    acts: [release({ strategy: { type: 'Rolling' } })],
    ends: live,
  },
  {
    it: 'is left for the one before it',
    acts: [change({ strategy: undefined }), rollBackTo('earlier')],
    ends: { ...held, live: 'earlier', outcomes: { earlier: 'Live', old: 'Superseded' } },
    but: outage,
  },
  { it: 'is let through again', acts: [resume], ends: letThrough, but: outage },
  {
    it: 'is rolled back while it waits in the middle',
    acts: [release({ way: 'halting' }), halted, rollBackTo('live')],
    ends: held,
    but: outage,
  },
  { it: 'is let through after that', acts: [change({ way: 'straight' }), resume], ends: letThrough, but: outage },
];

/** One of the machine, with both lives in it. */
export const disasters: readonly Row[] = [
  {
    it: 'comes while kubelet is dead',
    first: killKubelet,
    acts: [release(), begun],
    once: startKubelet,
    ends: live,
    but: outage,
  },
  {
    it: 'is in the middle when the operator dies',
    acts: [release({ way: 'halting' }), halted],
    once: killOperator,
    after: [promote],
    ends: live,
    but: outage,
  },
];
