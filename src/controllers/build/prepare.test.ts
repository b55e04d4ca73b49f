import { expect, it } from 'vitest';
import { aBuildStepPlan } from '../../../test/support/step-plan.ts';
import { type Build, build } from '../../crds/build/build.ts';
import type { Trust } from '../../crds/build/status.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Stored } from '../../kube/index.ts';
import { gitLoginOf } from './credentials.ts';
import { NotReady } from './not-ready.ts';
import { argumentsFit, clonePlanOf, fits, imagePlanOf } from './prepare.ts';

const limits = { maxCpu: 2, maxMemory: '4Gi' };
const asks = (settings: object) => ({
  spec: build.schema.parse({
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Build',
    metadata: { name: 'b' },
    spec: { projectRef: { name: 'p' }, commit: 'c'.repeat(40), build: settings },
  }).spec,
});

it.each([{}, { cpu: '2', memory: '4Gi' }, { cpu: '500m' }, { memory: '4096Mi' }])(
  'takes a Build that asks for %o',
  (settings) => {
    expect(() => fits(asks(settings), limits)).not.toThrow();
  },
);

it.each([
  [{ cpu: '2001m' }, 'build.cpu is 2001m, and a build may have at most 2'],
  [{ memory: '5Gi' }, 'build.memory is 5Gi, and a build may have at most 4Gi'],
  [{ memory: '0' }, 'build.memory is 0, which a node takes for no limit'],
  [{ memory: '0.000' }, 'build.memory is 0.000, which a node takes for no limit'],
  [{ memory: '0Mi' }, 'build.memory is 0Mi, which a node takes for no limit'],
  [{ cpu: 0 }, 'build.cpu is 0, which a node takes for no limit'],
])('refuses one that asks for %o, and says what it may have', (settings, message) => {
  expect(() => fits(asks(settings), limits)).toThrow(
    expect.objectContaining({
      constructor: NotReady,
      reason: 'BuildTooLarge',
      message: expect.stringContaining(message),
    }),
  );
});

const withArguments = (count: number, value: string) =>
  aBuildStepPlan({ args: Array.from({ length: count }, (_, index) => ({ name: `ARG_${index}`, value })) });

it('takes build arguments that one variable of a container has room for', () => {
  expect(() => argumentsFit(withArguments(25, 'a'.repeat(4096)))).not.toThrow();
});

it.each([
  ['many', withArguments(64, 'a'.repeat(4096))],
  ['some of other letters', withArguments(20, '\u{1f4a5}'.repeat(4096))],
  ['some that grow when they are written', withArguments(20, '$'.repeat(4096))],
])('refuses %s long build arguments: no container would start with them', (_what, plan) => {
  expect(() => argumentsFit(plan)).toThrow(
    expect.objectContaining({ reason: 'BuildTooLarge', message: expect.stringMatching(/build.args take \d+ bytes/) }),
  );
});

it.each([
  ['Untrusted', false, true],
  [undefined, false, true],
  ['Untrusted', true, false],
  ['Trusted', false, false],
] as const)('has the pod of a Build that is %s look whether it is isolated', (trust, allowed, looks) => {
  const source = { packMegabytes: 1, megabytes: 1, fileMegabytes: 1, files: 1, seconds: 1 };
  const pin = { url: 'https://git.test/a.git', git: { args: [], env: {} } };
  const build = { ...asks({}), status: trust && { trust } };

  const plan = clonePlanOf(build, { source, untrustedWithoutNetworkPolicy: allowed }, pin);

  expect(plan.mustBeIsolated).toBe(looks);
});

it.each([
  ['https://git.test/a.git', undefined, { authorization: undefined }],
  ['https://git.test/a.git', { token: btoa('abc') }, { authorization: `Basic ${btoa('x-access-token:abc')}` }],
])('hands the login for %s to the build', (url, data, login) => {
  expect(gitLoginOf(url, data && { data })).toEqual(login);
});

it.each([
  ['git@git.test:a.git', undefined, 'CredentialsMissing'],
  ['git@git.test:a.git', { token: btoa('abc') }, 'SourceRefused'],
  ['git@git.test:a.git', { 'ssh-privatekey': btoa('abc') }, 'CredentialsMissing'],
])('starts no build of %s with a login that does not fit', (url, data, reason) => {
  expect(() => gitLoginOf(url, data && { data })).toThrow(expect.objectContaining({ constructor: NotReady, reason }));
});

const planFor = (trust: Trust, change: object) => {
  const build = { metadata: { name: 'b' }, ...asks({}), status: { trust } } as unknown as Stored<Build>;
  const project = { spec: { source: { git: { url: 'https://git.test/a.git' } } } } as unknown as Stored<Project>;
  return imagePlanOf({ build, project, now: 0 }, { registries: [], provenance: true, processes: 1000, ...change });
};

it.each([
  ['Trusted', undefined],
  ['Untrusted', ['docker.io']],
] as const)('has a build that is %s reach no other hosts than %o', (trust, hosts) => {
  expect(planFor(trust, { untrustedHosts: ['docker.io'] }).hosts).toEqual(hosts);
});

it.each([
  ['Trusted', 'unix:///run/docker.sock', false],
  ['Untrusted', undefined, true],
] as const)('has a build that is %s done by the Docker Engine %s', (trust, engine, provenance) => {
  const plan = planFor(trust, { docker: { host: 'unix:///run/docker.sock' } });

  expect(plan.engine).toBe(engine);
  expect(plan.attestations.provenance).toBe(provenance);
});
