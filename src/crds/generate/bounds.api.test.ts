import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Breach, breachesOf } from '../../../test/support/kinds/bounds.ts';
import {
  callAll,
  objectOf,
  removeNamespace,
  type TestCluster,
  testCluster,
} from '../../../test/support/kinds/cluster.ts';
import { fieldName, nodesOf, smallest, smallestWith } from '../../../test/support/kinds/values.ts';
import type { Kind } from '../kind/kind.ts';
import { kinds } from '../kinds.ts';
import { crdOf } from './crd.ts';
import { describeSchema, type Schema } from './structural.ts';

const dryRun = 'dryRun=All&fieldValidation=Strict';
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster('crds-bounds');
});
afterAll(() => removeNamespace(cluster));

/** Keywords that are no bounds, or are held by the rules' test. Everything else in a CRD must have a breach. */
const notBounds = new Set([
  'description',
  'type',
  'format',
  'default',
  'items',
  'properties',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
]);
const bounds = new Set([
  'maxLength',
  'minLength',
  'pattern',
  'enum',
  'minimum',
  'maximum',
  'maxItems',
  'minItems',
  'required',
  'x-kubernetes-list-type',
]);

function parts(kind: Kind, part: 'spec' | 'status') {
  const described: Schema = describeSchema(kind.schema).properties?.[part] ?? {};
  const structural: Schema = crdOf(kind).spec.versions[0]?.schema.openAPIV3Schema.properties?.[part] ?? {};
  const nodes = nodesOf(described, structural);
  return { described, nodes, breaches: nodes.flatMap(breachesOf) };
}

interface Verdict {
  breach: Breach;
  said: string;
}

/** Breaches that the server let through, or refused in other words. */
function missed(part: string, verdicts: readonly Verdict[]): string[] {
  return verdicts
    .filter(
      ({ breach: { field, message }, said }) =>
        !said.includes(`${fieldName([part, ...field])}: `) || !said.includes(message),
    )
    .map(({ breach: { field, bound }, said }) => `${fieldName([part, ...field])} (${bound}): ${said}`);
}

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  it('is refused one past each bound of its spec, with the bound in the message', async () => {
    const { described, breaches } = parts(kind, 'spec');
    const calls = breaches.map(({ path, value }) => ({
      method: 'POST' as const,
      path: `${cluster.collection(kind)}?${dryRun}`,
      body: objectOf(kind, 'bounds', smallestWith(described, path, value)),
    }));

    const answers = await callAll(cluster, calls);

    const verdicts = breaches.map((breach, index) => ({ breach, said: words(answers[index]) }));
    expect(missed('spec', verdicts)).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(0);
  });

  it('is refused one past each bound of its status', async () => {
    const { described, breaches } = parts(kind, 'status');
    const base = objectOf(kind, 'status', validSpec(kind));
    const created = await cluster.call({ method: 'POST', path: cluster.collection(kind), body: base });
    expect(created.message).toBe('');
    const calls = breaches.map(({ path, value }) => ({
      method: 'PATCH' as const,
      path: `${cluster.collection(kind)}/status/status?${dryRun}`,
      body: { status: smallestWith(described, path, value) },
      contentType: 'application/merge-patch+json',
    }));

    const answers = await callAll(cluster, calls);

    const verdicts = breaches.map((breach, index) => ({ breach, said: words(answers[index]) }));
    expect(missed('status', verdicts)).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(0);
  });

  it('has no keyword that no breach stands for', () => {
    const used = [...parts(kind, 'spec').nodes, ...parts(kind, 'status').nodes].flatMap(({ structural }) =>
      Object.keys(structural),
    );

    expect([...new Set(used)].filter((keyword) => !notBounds.has(keyword) && !bounds.has(keyword))).toEqual([]);
  });
});

function words(
  answer: { ok: boolean; causes: { field: string; message: string }[]; message: string } | undefined,
): string {
  if (answer === undefined || answer.ok) return 'accepted';
  return answer.causes.map(({ field, message }) => `${field}: ${message}`).join('\n') || answer.message;
}

function validSpec(kind: Kind): unknown {
  const spec = smallest(describeSchema(kind.schema).properties?.['spec'] ?? {}) as Record<string, unknown>;
  return kind.kind === 'Deployment' ? { ...spec, source: { image: 'a' } } : spec;
}
