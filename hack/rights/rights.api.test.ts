import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { type Connected, connectTo } from '../../test/harness/connect.ts';
import { namespaces } from '../../test/support/resources.ts';
import { builtHelm } from '../chart/helm.ts';
import { chartFolder } from '../chart/render.ts';
import { run } from '../lib/run.ts';
import { type PolicyRule, rightsOf } from './rules.ts';

// Of its own name, because other tests of this API server install the chart under its usual one.
const release = 'rights';
const operator = 'system:serviceaccount:rights-system:rights';
const nobody = 'system:serviceaccount:rights-system:nobody';
const own = ['rights-system', 'rights-builds', 'rights-builds-untrusted', 'rights-team'];
let api: Connected;

beforeAll(async () => {
  api = await connectTo(inject('kubeconfig'));
  for (const name of own) await api.client.create(namespaces, { metadata: { name } });
  const values = ['--set', 'settings.builds.namespace=rights-builds', '--show-only', 'templates/rbac.yaml'];
  const place = ['--namespace', 'rights-system', ...values];
  const { stdout } = await run(await builtHelm(), ['template', release, chartFolder, ...place]);
  await kubectl(['apply', '--server-side', '-f', '-'], stdout);
});

afterAll(async () => {
  await kubectl(['delete', 'clusterrole,clusterrolebinding', 'rights-operator']);
  await kubectl(['delete', 'namespace', '--wait=false', ...own]);
  await api.close();
});

function kubectl(args: readonly string[], input = '') {
  return run(join(inject('kubectlFolder'), 'kubectl'), ['--kubeconfig', inject('kubeconfig'), ...args], { input });
}

const review = z.object({
  status: z.object({
    resourceRules: z.array(
      z.object({
        apiGroups: z.array(z.string()).exactOptional(),
        resources: z.array(z.string()).exactOptional(),
        resourceNames: z.array(z.string()).exactOptional(),
        verbs: z.array(z.string()),
      }),
    ),
    nonResourceRules: z.array(
      z.object({ nonResourceURLs: z.array(z.string()).optional(), verbs: z.array(z.string()) }),
    ),
  }),
});

/** What `kubectl auth can-i --list` asks. */
async function mayDo(user: string, namespace: string) {
  const { body } = await api.transport.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    headers: { 'content-type': 'application/json', 'impersonate-user': user },
    body: JSON.stringify({ spec: { namespace } }),
  });
  return review.parse(JSON.parse(body.toString())).status;
}

function urlsOf({ nonResourceRules }: z.infer<typeof review>['status']): string[] {
  const all = nonResourceRules.flatMap(({ nonResourceURLs = [], verbs }) =>
    nonResourceURLs.map((url) => `${url}: ${verbs.join(', ')}`),
  );
  return [...new Set(all)].sort();
}

function linesOf(rules: readonly PolicyRule[]): string[] {
  return rightsOf(rules)
    .map(({ resource, name, verbs }) => `${resource} ${name}: ${verbs.join(', ')}`)
    .sort();
}

/** The tables of these parts of the page, as rules. */
function pageRules(...parts: number[]): PolicyRule[] {
  const sections = readFileSync('docs/reference/permissions.md', 'utf8').split(/^## /m).slice(1);
  const lines = parts.map((part) => sections[part]).join('\n');
  return [...lines.matchAll(line)].map(([, resource = '', name, verbs = '']) => ruleOf(resource, name, verbs));
}

const line = /^\| `([^`]+)`(?: `([^`]+)`)? \| ([^|]+) \|/gm;

function ruleOf(resource: string, name: string | undefined, verbs: string): PolicyRule {
  const [whole = '', ...sub] = resource.split('/');
  const [plural = '', ...group] = whole.split('.');
  const names = name === undefined ? {} : { resourceNames: [name] };
  const resources = [[plural, ...sub].join('/')];
  return { apiGroups: [group.join('.')], resources, ...names, verbs: verbs.split(', ') };
}

it.each([
  ['a namespace of a team', 'rights-team', [0]],
  ['the namespace of trusted builds', 'rights-builds', [0, 1, 2]],
  ['the namespace of untrusted builds', 'rights-builds-untrusted', [0, 1]],
  ["the operator's own namespace", 'rights-system', [0, 3]],
])('in %s the API server lets the operator do exactly what the reference says', async (_, namespace, parts) => {
  const everybody = await mayDo(nobody, namespace);
  const all = await mayDo(operator, namespace);
  const common = new Set(linesOf(everybody.resourceRules));

  expect(linesOf(all.resourceRules).filter((line) => !common.has(line))).toEqual(linesOf(pageRules(...parts)));
  expect(urlsOf(all)).toEqual(urlsOf(everybody));
});
