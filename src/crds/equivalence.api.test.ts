import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arbitraryOf, mutations, placesOf } from '../../test/support/kinds/arbitraries.ts';
import { callAll, objectOf, removeNamespace, type TestCluster, testCluster } from '../../test/support/kinds/cluster.ts';
import { fc } from '../../test/support/properties.ts';
import { describeSchema } from './generate/structural.ts';
import type { Kind } from './kind/kind.ts';
import { kinds } from './kinds.ts';

const runs = 60;
const batch = 8;
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster('crds-equivalence');
});
afterAll(() => removeNamespace(cluster));

interface Judgement {
  /** Values on which the two differ, with what each said. */
  differing: string[];
  accepted: number;
}

/** Asks both, and compares what an accepted value becomes: the defaults have to be the same as well. */
async function judge(kind: Kind, specs: readonly unknown[]): Promise<Judgement> {
  const path = `${cluster.collection(kind)}?dryRun=All&fieldValidation=Strict`;
  const bodies = specs.map((spec) => objectOf(kind, 'equivalence', spec));
  const answers = await callAll(
    cluster,
    bodies.map((body) => ({ method: 'POST', path, body })),
  );
  const judgement: Judgement = { differing: [], accepted: 0 };
  for (const [index, answer] of answers.entries()) {
    const parsed = kind.schema.safeParse(bodies[index]);
    const ours = parsed.success ? canonical((parsed.data as { spec: unknown }).spec) : 'refused';
    const theirs = answer.ok ? canonical(answer.body.spec) : 'refused';
    if (parsed.success) judgement.accepted += 1;
    if (ours === theirs) continue;
    const reasons = `zod ${ours} ${JSON.stringify(parsed.error?.issues)}; server ${theirs} ${answer.message}`;
    judgement.differing.push(`${JSON.stringify(specs[index])}: ${reasons}`);
  }
  return judgement;
}

/** JSON with sorted keys: the order of fields has no meaning. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  const specs = arbitraryOf(describeSchema(kind.schema).properties?.['spec'] ?? {});
  const acceptedSpecs = specs.filter((spec) => kind.schema.safeParse(objectOf(kind, 'equivalence', spec)).success);

  it('is accepted or refused by zod and the API server alike, with the same defaults', async () => {
    let accepted = 0;

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(specs, acceptedSpecs), { minLength: batch, maxLength: batch }),
        async (values) => {
          const judgement = await judge(kind, values);
          accepted += judgement.accepted;
          expect(judgement.differing).toEqual([]);
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );

    expect(accepted).toBeGreaterThan((runs * batch) / 5);
  });

  it('is judged alike after any one change to a value that both accept', async () => {
    const mutants = fc.tuple(acceptedSpecs, fc.nat(), fc.constantFrom(...mutations)).map(([spec, place, mutate]) => {
      const mutant: unknown = structuredClone(spec);
      const places = placesOf(mutant);
      const [holder, key] = places[place % places.length] ?? [{}, ''];
      mutate(holder, key);
      return mutant;
    });

    await fc.assert(
      fc.asyncProperty(fc.array(mutants, { minLength: batch, maxLength: batch }), async (values) => {
        const judgement = await judge(kind, values);
        expect(judgement.differing).toEqual([]);
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });
});
