/** How a release goes by a strategy. */
export type Way =
  /** To its end, by itself. */
  | 'straight'
  /** Stands in the middle until `promote`; slow where nobody is asked. */
  | 'halting'
  /** As `halting`, for a decision within three seconds. */
  | 'impatient'
  /** By the check `gate`. */
  | 'measured';

/** A strategy: one column of the table. */
export interface Column {
  readonly name: string;
  /** Visitors come through the Gateway as well as through the Service. */
  readonly gateway: boolean;
  /** A person is asked in the middle. */
  readonly asks: boolean;
  readonly ways: Partial<Record<Way, object>>;
}

const slow = { minReadySeconds: 5 };
const gate = ['gate'];
const canary = (...steps: object[]) => ({ type: 'Canary', canary: { steps: [{ weight: 50 }, ...steps] } });

const canaryWays = {
  straight: canary(),
  halting: canary({ approval: {} }),
  impatient: canary({ approval: { deadlineSeconds: 3 } }),
  measured: canary({ checks: gate }),
};

export const columns = [
  {
    name: 'rolling',
    gateway: true,
    asks: false,
    ways: {
      straight: { type: 'Rolling' },
      halting: { type: 'Rolling', ...slow },
      measured: { type: 'Rolling', rolling: { checks: gate } },
    },
  },
  {
    name: 'bluegreen',
    gateway: true,
    asks: true,
    ways: {
      straight: { type: 'BlueGreen' },
      halting: { type: 'BlueGreen', blueGreen: { promotion: 'Manual' } },
      impatient: { type: 'BlueGreen', blueGreen: { promotion: 'Manual', approvalDeadlineSeconds: 3 } },
      measured: { type: 'BlueGreen', blueGreen: { before: gate } },
    },
  },
  { name: 'canary', gateway: true, asks: true, ways: canaryWays },
  { name: 'canary-by-replicas', gateway: false, asks: true, ways: canaryWays },
  {
    name: 'recreate',
    gateway: false,
    asks: false,
    ways: { straight: { type: 'Recreate' }, halting: { type: 'Recreate', ...slow } },
  },
] as const satisfies readonly Column[];

export type ColumnName = (typeof columns)[number]['name'];
