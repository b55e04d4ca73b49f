import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ApiObject } from '../../../test/support/kinds/api.ts';
import {
  callAll,
  objectOf,
  removeNamespace,
  type TestCluster,
  testCluster,
} from '../../../test/support/kinds/cluster.ts';
import { breaks, changes, wholeBreaks } from '../../../test/support/kinds/rule-breaks.ts';
import { fieldName, type Node, nodesOf, smallest, smallestWith } from '../../../test/support/kinds/values.ts';
import { type CelRule, oneOfHint } from '../fields/rules.ts';
import type { Kind } from '../kind/kind.ts';
import { kinds } from '../kinds.ts';
import { crdOf } from './crd.ts';
import { describeSchema, type Schema } from './structural.ts';

const dryRun = 'dryRun=All&fieldValidation=Strict';
const merge = 'application/merge-patch+json';
let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster('crds-rules');
});
afterAll(() => removeNamespace(cluster));

interface Case {
  part: 'spec' | 'status';
  path: Node['path'];
  message: string;
  value: unknown;
}

const rulesOf = (schema: Schema): CelRule[] => schema['x-kubernetes-validations'] ?? [];
const rootOf = (kind: Kind): Schema => crdOf(kind).spec.versions[0]?.schema.openAPIV3Schema ?? {};

/** One case per rule and place, from the table, from the pattern or from the members of the union. */
function casesOf(kind: Kind, part: 'spec' | 'status'): Case[] {
  return nodes(kind, part).flatMap(({ path, described, structural }) =>
    rulesOf(structural)
      .filter(({ message }) => changes[message] === undefined)
      .flatMap(({ message, rule }) =>
        valuesAgainst(message, rule, described).map((value) => ({ part, path, message, value })),
      ),
  );
}

function valuesAgainst(message: string, rule: string, described: Schema): unknown[] {
  if (message in breaks) return [breaks[message]];
  if (rule.startsWith('self.matches(')) return [' '];
  const members = described[oneOfHint] ?? [];
  if (members.length === 0) throw new Error(`no value breaks "${message}"; add one to rule-breaks.ts`);
  const whole = smallest(described) as Record<string, unknown>;
  const none = Object.fromEntries(Object.entries(whole).filter(([name]) => !members.includes(name)));
  const all = {
    ...none,
    ...Object.fromEntries(members.map((name) => [name, smallest(described.properties?.[name] ?? {})])),
  };
  return members.length > 1 ? [none, all] : [none];
}

function nodes(kind: Kind, part: 'spec' | 'status'): Node[] {
  return nodesOf(describeSchema(kind.schema).properties?.[part] ?? {}, rootOf(kind).properties?.[part] ?? {});
}

function said({ ok, causes, message }: Answer): string {
  return ok ? 'accepted' : causes.map((cause) => `${cause.field}: ${cause.message}`).join('\n') || message;
}

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  it('is refused for each broken rule of its spec, with the sentence that says what to write', async () => {
    const schema = describeSchema(kind.schema).properties?.['spec'] ?? {};
    const cases = casesOf(kind, 'spec');

    const answers = await callAll(
      cluster,
      cases.map(({ path, value }) => ({
        method: 'POST',
        path: `${cluster.collection(kind)}?${dryRun}`,
        body: objectOf(kind, 'rules', smallestWith(schema, path, value)),
      })),
    );

    expect(missed(cases, answers)).toEqual([]);
    expect(cases.length).toBeGreaterThan(0);
  });

  it('is refused for each broken rule of its status', async () => {
    const schema = describeSchema(kind.schema).properties?.['status'] ?? {};
    const cases = casesOf(kind, 'status');
    const spec = smallest(describeSchema(kind.schema).properties?.['spec'] ?? {});
    const fitting = kind.kind === 'Deployment' ? { source: { image: 'a' } } : spec;
    await cluster.call({ method: 'POST', path: cluster.collection(kind), body: objectOf(kind, 'status', fitting) });

    const answers = await callAll(
      cluster,
      cases.map(({ path, value }) => ({
        method: 'PATCH',
        path: `${cluster.collection(kind)}/status/status?${dryRun}`,
        body: { status: smallestWith(schema, path, value) },
        contentType: merge,
      })),
    );

    expect(missed(cases, answers)).toEqual([]);
  });

  it('has a case for each rule over the whole object and each rule over old and new', () => {
    const over = rulesOf(rootOf(kind)).concat(
      nodes(kind, 'spec').flatMap(({ structural }) =>
        rulesOf(structural).filter(({ rule }) => rule.includes('oldSelf')),
      ),
    );

    expect(over.filter(({ message }) => !(message in wholeBreaks) && !(message in changes))).toEqual([]);
  });
});

it.each(Object.entries(wholeBreaks))('refuses an object: %s', async (message, body) => {
  const kind = kinds.find((candidate) => candidate.kind === (body as { kind: string }).kind);
  if (kind === undefined) throw new Error('the case names a kind that is not there');

  const answer = await cluster.call({ method: 'POST', path: `${cluster.collection(kind)}?${dryRun}`, body });

  expect(answer.causes.map((cause) => cause.message)).toContain(`Invalid value: ${message}`);
});

it.each(Object.entries(changes))(
  'refuses a change: %s',
  async (message, { kind: name, before, after, status = false }) => {
    const kind = kinds.find((candidate) => candidate.kind === name);
    if (kind === undefined) throw new Error('the case names a kind that is not there');
    const { spec, status: first } = before as ApiObject;
    const object = `${cluster.collection(kind)}/change-${String(Object.keys(changes).indexOf(message))}`;
    const created = await cluster.call({
      method: 'POST',
      path: cluster.collection(kind),
      body: objectOf(kind, `change-${String(Object.keys(changes).indexOf(message))}`, spec),
    });
    const set = await cluster.call({
      method: 'PATCH',
      path: `${object}/status`,
      body: { status: first ?? {} },
      contentType: merge,
    });
    expect([created.message, set.message]).toEqual(['', '']);

    const answer = await cluster.call({
      method: 'PATCH',
      path: status ? `${object}/status` : object,
      body: after,
      contentType: merge,
    });

    expect(answer.causes.map((cause) => cause.message)).toContain(`Invalid value: ${message}`);
  },
);

it('keeps the trust level out of reach of people who may write a Build but not its status', async () => {
  const kind = kinds.find((candidate) => candidate.kind === 'Build');
  if (kind === undefined) throw new Error('there is no Build');
  const spec = { projectRef: { name: 'a' }, commit: '0'.repeat(40) };

  const answer = await cluster.call({
    method: 'POST',
    path: cluster.collection(kind),
    body: { ...objectOf(kind, 'claims-trust', spec), status: { trust: 'Trusted' } },
  });

  expect(answer.ok).toBe(true);
  expect(answer.body['status']).toEqual({ observedGeneration: -1 });
});

it('has no case for a rule that is gone', () => {
  const rules = kinds.flatMap((kind) =>
    rulesOf(rootOf(kind)).concat(nodes(kind, 'spec').flatMap(({ structural }) => rulesOf(structural))),
  );
  const messages = new Set(rules.map(({ message }) => message));

  const cases = [breaks, wholeBreaks, changes].flatMap((table) => Object.keys(table));
  expect(cases.filter((message) => !messages.has(message))).toEqual([]);
});

/** Cases that the server let through, or refused without the rule's sentence at the rule's place. */
function missed(cases: readonly Case[], answers: readonly Answer[]): string[] {
  return cases.flatMap(({ part, path, message }, index) => {
    const field = fieldName([part, ...path]);
    const answer = answers[index];
    if (answer === undefined) return [`${field}: no answer`];
    const isSaid = answer.causes.some((cause) => cause.field === field && cause.message.endsWith(`: ${message}`));
    return isSaid ? [] : [`${field} should say "${message}" and said: ${said(answer)}`];
  });
}
