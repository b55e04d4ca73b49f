import { afterAll, beforeAll, expect, it } from 'vitest';
import { condition, isLive } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import { type FieldValue, valuesFor, withValue } from '../../../test/support/kinds/field-values.ts';
import { fieldName, nodesOf } from '../../../test/support/kinds/values.ts';
import { type Deployment, deployment as kind } from '../../crds/deployment/deployment.ts';
import type { DeploymentSpecInput } from '../../crds/deployment/spec.ts';
import { crdOf } from '../../crds/generate/crd.ts';
import { describeSchema } from '../../crds/generate/structural.ts';
import { reasonEntry } from '../../crds/reasons/reasons.ts';
import { isRefusal } from '../../kube/index.ts';
import { deployments } from '../../objects/vish.ts';

/*
 * Every field of the schema with every sort of value, on an object that is settled: it is refused with a message, or the
 * state that it asks for is reached, or the status says why not. Then the old value again, and all is as it was.
 */

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-fields');
});
afterAll(() => rig.close());

const base: DeploymentSpecInput = {
  source: { image: 'registry.example.com/web:1' },
  workload: { port: 80, scale: { replicas: 2 } },
};
const described = describeSchema(kind.schema).properties?.['spec'] ?? {};
const structural = crdOf(kind).spec.versions[0]?.schema.openAPIV3Schema.properties?.['spec'] ?? {};
/** The schema is walked, so that a new field cannot be forgotten. */
const fields = nodesOf(described, structural).filter(({ path }) => path.length > 0);
const lanes = 12;

/** What is to be the same after the old value is back; releases have other numbers by then. */
async function stateOf(name: string): Promise<unknown> {
  const { spec, status = {} } = await rig.get(name);
  const { conditions = [], live, state, replicas, readyReplicas, rollout, queued, hints, url, selector } = status;
  const said = conditions.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`);
  const running = rig
    .placeOf(name)
    .sides()
    .map(({ replicas: count, ready }) => ({ count, ready }));
  const weight = live?.weight;
  return { spec, said, weight, state, replicas, readyReplicas, rollout, queued, hints, url, selector, running };
}

/** Nothing is under way: it is done, or says what somebody has to do. */
function isAtRest({ metadata, status }: Deployment): boolean {
  const ready = condition({ status } as Deployment, 'Ready');
  const course = reasonEntry(ready?.reason ?? '')?.course;
  return status?.observedGeneration === metadata.generation && course !== undefined && course !== 'Working';
}

/** Undefined when it is as it should be. */
function unclear({ spec, status }: Deployment, name: string): string | undefined {
  const ready = condition({ status } as Deployment, 'Ready');
  if (ready?.status !== 'True')
    return (ready?.message ?? '').length > 10 ? undefined : `${ready?.reason} without words`;
  const running = rig
    .placeOf(name)
    .sides()
    .reduce((sum, side) => sum + side.replicas, 0);
  const wanted = spec.workload.scale.replicas;
  return running === wanted ? undefined : `${running} replicas instead of ${wanted}`;
}

type Outcome = 'refused' | 'the same' | 'reached' | 'told';

interface Tried {
  readonly what: string;
  readonly outcome: Outcome;
  readonly difference?: string | undefined;
}

async function write(name: string, spec: unknown): Promise<Deployment | string> {
  const { metadata } = await rig.get(name);
  const { resourceVersion } = metadata;
  try {
    const object = { metadata: { namespace: rig.namespace, name, resourceVersion }, spec } as unknown as Deployment;
    return await rig.client.update(deployments, object);
  } catch (error) {
    if (isRefusal(error)) return error.message;
    return write(name, spec);
  }
}

async function tryOn(name: string, { sort, path, value }: FieldValue, settled: unknown): Promise<Tried> {
  const what = `${fieldName(path)} ${sort} ${JSON.stringify(value)?.slice(0, 60)}`;
  const before = await rig.get(name);
  const written = await write(name, withValue(base, described, path, value));
  if (typeof written === 'string') {
    return { what, outcome: 'refused', difference: written.includes('spec') ? undefined : `no field in: ${written}` };
  }
  if (written.metadata.generation === before.metadata.generation) return { what, outcome: 'the same' };
  const rested = await rig.until(name, isAtRest);
  const isReady = condition(rested, 'Ready')?.status === 'True';
  const problem = unclear(rested, name);
  const back = await write(name, base);
  if (typeof back === 'string') return { what, outcome: 'told', difference: `cannot be taken back: ${back}` };
  await rig.until(name, (seen) => isAtRest(seen) && condition(seen, 'Ready')?.reason === 'ReleaseLive');
  const after = await stateOf(name);
  const drift = JSON.stringify(after) === JSON.stringify(settled) ? undefined : `differs: ${JSON.stringify(after)}`;
  return { what, outcome: isReady ? 'reached' : 'told', difference: problem ?? drift };
}

it('takes every value of every field, or says why not, and comes back from each', async () => {
  const cases = fields.flatMap(valuesFor);
  const waiting = [...cases];
  const tried: Tried[] = [];
  const lane = async (_: unknown, index: number) => {
    const name = `lane-${index}`;
    await rig.apply(name, base);
    await rig.until(name, isLive(1));
    const settled = await stateOf(name);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      tried.push(await tryOn(name, next, settled));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));

  const counts = Object.groupBy(tried, ({ outcome }) => outcome);
  const shown = Object.entries(counts).map(([outcome, of]) => `${of.length} ${outcome}`);
  const differences = tried.flatMap(({ what, difference }) =>
    difference === undefined ? [] : [`${what}: ${difference}`],
  );
  console.log(
    `${fields.length} fields, ${tried.length} cases (${shown.join(', ')}), ${differences.length} differences`,
  );
  expect(differences).toEqual([]);
  expect(tried).toHaveLength(cases.length);
}, 300_000);

it('writes nothing for a change that changes nothing', async () => {
  rig.requests.length = 0;
  for (let index = 0; index < lanes; index++) rig.placeOf(`lane-${index}`).calls.length = 0;
  for (let index = 0; index < lanes; index++) await rig.annotate(`lane-${index}`, { 'example.com/touched': 'yes' });
  for (let index = 0; index < lanes; index++) {
    await rig.until(`lane-${index}`, () => rig.placeOf(`lane-${index}`).calls.length > 0);
  }

  expect(rig.requests).toEqual([]);
});
