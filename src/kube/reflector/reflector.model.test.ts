import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { FoldingHandler, Rig } from '../../../test/support/scripted-api/rig.ts';
import type { Fault } from '../../../test/support/scripted-api/scripted-api.ts';

/**
 * Invariants, after every step of any history and any faults:
 * 1. the store equals the server at the version that the informer names;
 * 2. that version never goes back;
 * 3. what each handler was told, folded, is the store; every change fits the one before.
 * And when the faults stop, the store reaches the present.
 */

type Step =
  | { do: 'put'; name: string; value: number }
  | { do: 'remove'; name: string }
  | { do: 'bookmark' | 'endInitial' | 'end' | 'cut' | 'compact' | 'forget' | 'handler' }
  | { do: 'wait'; ms: number }
  /** The watch breaks, and what follows meets these faults. */
  | { do: 'trouble'; how: 'end' | 'cut' | 'forget'; faults: Fault[] };

const name = fc.constantFrom('a', 'b', 'c', 'ä漢');

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ reject: fc.constant('connect ECONNREFUSED') }),
  fc.record({ status: fc.constantFrom(401, 403, 404, 410, 429, 500, 502, 503, 504) }),
  fc.record({ status: fc.constant(504), statusBody: fc.constant({ message: 'Too large resource version' }) }),
  fc.record({ cutAfter: fc.nat(1500), chunk: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ stale: fc.nat(4) }),
  fc.record({ repeat: fc.integer({ min: 2, max: 3 }), chunk: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ late: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ noInitialEnd: fc.constant(true), late: fc.integer({ min: 1, max: 3 }) }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), name, value: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('bookmark', 'endInitial', 'end', 'cut', 'compact', 'forget', 'handler'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('trouble' as const),
      how: fc.constantFrom('end' as const, 'cut' as const, 'forget' as const),
      faults: fc.array(fault, { maxLength: 3 }),
    }),
  },
);

it('keeps the store equal to the server at a version that never goes back, whatever happens', async () => {
  const watchList = fc.constantFrom('yes' as const, 'refused' as const, 'ignored' as const);
  const initial = fc.option(
    fault.filter(({ stale }) => stale === undefined),
    { nil: {} },
  );
  const chance = fc.double({ min: 0, max: 0.99, noNaN: true });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      watchList,
      initial,
      chance,
      async (...[steps, mode, first, random]) => {
        const model = new Model(mode, random);
        model.rig.api.faults = [first];
        await model.rig.start();
        for (const each of fewStale(steps)) {
          await apply(model, each);
          await model.rig.settle();
          expect(model.violations()).toEqual([]);
        }
        await model.rest();
        expect(model.violations()).toEqual([]);
        expect(model.rig.content).toEqual(model.rig.api.history.contentAt(model.rig.api.history.version));
        expect(model.rig.api.open).toHaveLength(1);
        await model.rig.stop();
      },
    ),
    { numRuns: 300 },
  );
}, 120_000);

class Model {
  readonly rig: Rig;
  private version = 0;
  private readonly wentBack: string[] = [];
  private readonly handlers: FoldingHandler[] = [];

  constructor(watchList: 'yes' | 'refused' | 'ignored', random: number) {
    this.rig = new Rig({ random: () => random });
    this.rig.api.watchList = watchList;
    this.rig.api.pageSize = 2;
    this.handlers.push(this.rig.handler);
    const look = () => this.look();
    this.rig.informer.addHandler({ onAdd: look, onUpdate: look, onDelete: look });
  }

  addHandler(): void {
    const handler = new FoldingHandler();
    this.rig.informer.addHandler(handler);
    this.handlers.push(handler);
  }

  private look(): void {
    const version = Number(this.rig.informer.resourceVersion ?? 0);
    if (version < this.version) this.wentBack.push(`went back from ${this.version} to ${version}`);
    this.version = version;
  }

  /** Which invariants do not hold now. */
  violations(): string[] {
    const { api, content } = this.rig;
    this.look();
    const { version } = this;
    const expected = version === 0 ? {} : api.history.contentAt(version);
    return [
      ...this.wentBack,
      ...(isDeepStrictEqual(content, expected) ? [] : [`the store is not the server at ${version}`]),
      ...this.handlers.flatMap((handler) => handler.log.filter((line) => line.startsWith('WRONG'))),
      ...this.handlers.flatMap((handler) => (isDeepStrictEqual(handler.content, content) ? [] : ['a handler strayed'])),
    ];
  }

  /** The faults stop, and time passes. */
  async rest(): Promise<void> {
    const { rig } = this;
    rig.api.faults = [];
    rig.api.endWatches();
    for (let i = 0; i < 4; i++) {
      await rig.recover();
      rig.api.bookmark();
    }
    rig.api.put('last', 1);
    await rig.settle();
  }
}

async function apply(model: Model, step: Step): Promise<void> {
  const { api, clock } = model.rig;
  const { history } = api;
  const moves = {
    put: ({ name, value }: Extract<Step, { do: 'put' }>) => api.put(name, value),
    remove: ({ name }: Extract<Step, { do: 'remove' }>) => api.remove(name),
    trouble: ({ how, faults }: Extract<Step, { do: 'trouble' }>) => {
      api.faults.push(...faults);
      moves[how]();
    },
    wait: ({ ms }: Extract<Step, { do: 'wait' }>) => clock.advance(ms),
    bookmark: () => api.bookmark(),
    endInitial: () => api.watchList === 'yes' && api.bookmark({ 'k8s.io/initial-events-end': 'true' }),
    end: () => api.endWatches(),
    cut: () => api.cutWatches(),
    compact: () => history.compact(),
    /** The watch breaks, and when it comes back its version is forgotten. */
    forget: () => {
      api.cutWatches();
      api.put('a', 1);
      history.compact();
    },
    handler: () => model.addHandler(),
  } satisfies Record<Step['do'], (step: never) => unknown>;
  await moves[step.do](step as never);
}

/** Five stale lists in a row are taken for a server that was restored from a backup: see staleReadsToBelieve. */
function fewStale(steps: readonly Step[]): Step[] {
  let stale = 0;
  const isAllowed = (each: Fault) => each.stale === undefined || ++stale <= 4;
  return steps.map((each) => (each.do === 'trouble' ? { ...each, faults: each.faults.filter(isAllowed) } : each));
}
