import { expect, it } from 'vitest';
import { labels } from '../../objects/labels.ts';
import { mergeWorkload } from './merge.ts';
import { planFor } from './plan.ts';
import { environmentsOf, summaryOf } from './status.ts';
import { aDeployment, aProject, found, ownedBy } from './test-builders.ts';

const production = { name: 'production', branch: 'main' };
const eu = { name: 'eu', managedBy: 'External' };
const own = (project = aProject()) => ({
  metadata: { name: '', uid: '', resourceVersion: '1', ownerReferences: ownedBy(project) },
});

function ownDeployment(name: string, environment: string) {
  const { ownerReferences } = own().metadata;
  const { metadata, ...rest } = aDeployment(name, environment);
  return { ...rest, metadata: { ...metadata, ...(ownerReferences && { ownerReferences }) } };
}

it('replaces fields of a workload as a whole, and variables by name', () => {
  const service = {
    port: 8080,
    scale: { replicas: 1 },
    env: [
      { name: 'A', value: '1' },
      { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ],
    health: { path: '/healthz', failures: 3 },
  };

  const merged = mergeWorkload(service, {
    scale: { replicas: 3 },
    env: [
      { name: 'B', value: '2' },
      { name: 'C', value: '3' },
    ],
    health: { command: ['true'] },
  });

  expect(merged).toEqual({
    port: 8080,
    scale: { replicas: 3 },
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
      { name: 'C', value: '3' },
    ],
    health: { command: ['true'] },
  });
  expect(mergeWorkload(service)).toEqual(service);
  expect(mergeWorkload()).toEqual({});
});

it('makes one Deployment an environment, of what the Project says and nothing more', () => {
  const project = aProject(
    { workload: { port: 8080 }, environments: [production] },
    { labels: { 'argocd.argoproj.io/instance': 'app' }, annotations: { 'kustomize.toolkit.fluxcd.io/name': 'x' } },
  );

  const { apply } = planFor(found(project));

  expect(apply.map(({ intent }) => intent)).toEqual([
    {
      metadata: {
        name: 'shop-production',
        namespace: 'team',
        labels: { [labels.project]: 'shop', [labels.environment]: 'production', [labels.managedBy]: 'vish' },
        ownerReferences: ownedBy(project),
      },
      spec: {
        projectRef: { name: 'shop' },
        environment: 'production',
        source: { branch: 'main' },
        workload: { port: 8080 },
      },
    },
  ]);
});

it('gives the service to the environments as their overrides say', () => {
  const hooks = { beforeRelease: { command: ['migrate'] } };
  const project = aProject({
    services: [{ name: 'web', workload: { port: 1, memory: '1Gi' }, strategy: { type: 'Recreate' }, hooks }],
    environments: [
      { name: 'staging', tag: 'next' },
      {
        ...production,
        overrides: [
          {
            service: 'web',
            workload: { memory: '2Gi' },
            strategy: { type: 'BlueGreen' },
            target: { ref: { name: 'aws' } },
          },
        ],
      },
    ],
  });

  const [staging, live] = planFor(found(project)).apply.map(({ intent }) => intent);

  expect(staging).toMatchObject({
    metadata: { name: 'shop-web-staging' },
    spec: {
      service: 'web',
      source: { tag: 'next' },
      workload: { port: 1, memory: '1Gi' },
      strategy: { type: 'Recreate' },
    },
  });
  expect(staging?.spec).not.toHaveProperty('target');
  expect(live).toMatchObject({
    metadata: { name: 'shop-web-production' },
    spec: {
      workload: { port: 1, memory: '2Gi' },
      strategy: { type: 'BlueGreen' },
      target: { ref: { name: 'aws' } },
      hooks: { beforeRelease: { command: ['migrate'] } },
    },
  });
});

it('does not begin what another Deployment claims, and names that one', () => {
  const project = aProject({ environments: [production] });

  const plan = planFor(found(project, aDeployment('mine', 'production')));

  expect(plan.apply).toEqual([]);
  expect(plan.taken).toEqual([expect.stringContaining('Deployment "mine"')]);
  expect(summaryOf(project, plan, []).reason).toBe('EnvironmentTaken');
});

it('goes on looking after what runs when another Deployment claims it later', () => {
  const project = aProject({ environments: [production] });
  const running = ownDeployment('shop-production', 'production');

  const plan = planFor(found(project, running, aDeployment('mine', 'production')));

  expect(plan.apply.map(({ observed }) => observed)).toEqual([running]);
  expect(plan.taken).toHaveLength(1);
});

it('does not take a Deployment that has the wanted name and is not of this Project', () => {
  const project = aProject({ environments: [production] });
  const { projectRef: _, environment: __, ...spec } = aDeployment('x', 'y').spec;
  const other = {
    ...aDeployment('shop-production', 'production'),
    spec: { ...spec, source: { image: 'a.example.com/b:1' } },
  };

  const plan = planFor(found(project, other));

  expect(plan.apply).toEqual([]);
  expect(plan.taken).toEqual([expect.stringContaining('needs the name "shop-production"')]);
});

it('takes back what a Project of its name left behind', () => {
  const project = aProject({ environments: [production] });
  const { metadata, ...rest } = aDeployment('shop-old-name', 'production');
  const orphan = {
    ...rest,
    metadata: { ...metadata, labels: { [labels.managedBy]: 'vish', [labels.project]: 'shop' } },
  };

  const { apply, taken } = planFor(found(project, orphan));

  expect(apply.map(({ intent }) => intent.metadata.name)).toEqual(['shop-old-name']);
  expect(taken).toEqual([]);
});

it('keeps the name of what runs when the Project would give another one now', () => {
  const project = aProject({ services: [{ name: 'web' }], environments: [production] });

  const { apply, remove } = planFor(found(project, ownDeployment('shop-production', 'production')));

  expect(apply.map(({ intent }) => intent.metadata.name)).toEqual(['shop-production']);
  expect(remove).toEqual([]);
});

it('removes what it made for an environment that is no more, and nothing else', () => {
  const project = aProject({ environments: [production] });
  const gone = ownDeployment('shop-staging', 'staging');
  const { metadata, ...rest } = ownDeployment('shop-old', 'old');
  const going = { ...rest, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };

  const { remove } = planFor(found(project, gone, going, aDeployment('mine', 'staging')));

  expect(remove).toEqual([gone]);
});

it('lets go what it made for an environment that is External now, so that it runs on', () => {
  const project = aProject({ environments: [eu] });
  const running = ownDeployment('shop-eu', 'eu');

  const plan = planFor(found(project, running));

  expect(plan).toEqual({ apply: [], remove: [], taken: [], release: [running] });
});

it('says when two Deployments claim an External environment', () => {
  const project = aProject({ environments: [eu] });

  const { taken } = planFor(found(project, aDeployment('b', 'eu'), aDeployment('a', 'eu')));

  expect(taken).toEqual(['Environment "eu" is claimed by Deployments "a", "b": delete all but one.']);
});

it('shows what each environment runs', () => {
  const project = aProject({ environments: [production, eu, { name: 'new', branch: 'next' }] });
  const commit = 'c'.repeat(40);
  const release = {
    number: 2,
    name: 'r',
    outcome: 'Live',
    cause: 'Commit',
    commit,
    startedAt: '2026-01-01T00:00:00Z',
  } as const;
  const status = {
    state: 'Ready',
    url: 'https://shop.example.com',
    live: { release: 2, weight: 100, replicas: 1, ready: 1 },
    history: [{ ...release, number: 3, commit: 'd'.repeat(40) }, release],
  };
  const running = { ...ownDeployment('shop-production', 'production'), status };

  const environments = environmentsOf(project, [running, aDeployment('gitops', 'eu')]);

  expect(environments).toEqual([
    { name: 'production', deployment: 'shop-production', state: 'Ready', commit, url: 'https://shop.example.com' },
    { name: 'eu', deployment: 'gitops' },
    { name: 'new' },
  ]);
});

it('puts what was refused first, and never half a sentence', () => {
  const taken = Array.from({ length: 100 }, (_, index) => `Environment "${index}" is taken ${'x'.repeat(100)}.`);

  const { reason, message } = summaryOf(aProject(), { taken }, ['Environment "a": it breaks a rule.']);

  expect(reason).toBe('EnvironmentRefused');
  expect(message).toMatch(/^Environment "a": it breaks a rule\. .*x\.$/);
  expect(message.length).toBeLessThanOrEqual(4096);
});
