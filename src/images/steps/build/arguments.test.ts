import { expect, it } from 'vitest';
import { aBuildStepPlan } from '../../../../test/support/step-plan.ts';
import type { BuildStepPlan } from '../plans.ts';
import { buildArguments } from './arguments.ts';
import { daemonConfig } from './daemon-config.ts';

const places = { repository: '/workspace/repository' };
const argumentsOf = (change: Partial<BuildStepPlan> = {}) => buildArguments(aBuildStepPlan(change), places);

it('builds the Dockerfile of the service, with its folder as the context', () => {
  expect(argumentsOf({ path: 'web' })).toEqual(
    expect.arrayContaining([
      '--local=context=/workspace/repository/web',
      '--local=dockerfile=/workspace/repository/web',
      '--opt=filename=Dockerfile',
    ]),
  );
});

it('takes the Dockerfile from the path of the service, and the context from the root', () => {
  expect(argumentsOf({ path: 'web', dockerfile: 'docker/prod.Dockerfile', context: '.' })).toEqual(
    expect.arrayContaining([
      '--local=context=/workspace/repository',
      '--local=dockerfile=/workspace/repository/web/docker',
      '--opt=filename=prod.Dockerfile',
    ]),
  );
});

it('hands on stage, arguments, platforms and labels, each as one argument', () => {
  const args = [{ name: 'A', value: 'b,c d\n--allow=x' }];

  expect(argumentsOf({ stage: 'run', args, platforms: ['linux/amd64', 'linux/arm64'], labels: { l: 'v' } })).toEqual(
    expect.arrayContaining([
      '--opt=target=run',
      '--opt=build-arg:A=b,c d\n--allow=x',
      '--opt=platform=linux/amd64,linux/arm64',
      '--opt=label:l=v',
    ]),
  );
});

it('names what commands may mount by its id, and by the file that it is in', () => {
  expect(buildArguments(aBuildStepPlan({ secrets: ['npmrc'] }), { ...places, secrets: '/secrets' })).toContain(
    '--secret=id=npmrc,src=/secrets/npmrc',
  );
});

it('lets commands have no more processes than the plan says', () => {
  expect(argumentsOf({ processes: 300 })).toContain('--opt=ulimit=nproc=300:300');
});

it('gives a build whose hosts are limited no network but the proxy, and the policy that it asks', () => {
  const limited = buildArguments(aBuildStepPlan(), { ...places, policy: '/tmp/policy.json' });
  const ofPolicy = (all: string[]) => all.filter((argument) => /proxy|policy/.test(argument));

  expect(ofPolicy(limited)).toEqual(['--proxy-network', '--source-policy-file=/tmp/policy.json']);
  expect(ofPolicy(argumentsOf())).toEqual([]);
});

it('lets no syntax line choose the frontend, and asks for no entitlement', () => {
  const all = argumentsOf({ args: [{ name: 'BUILDKIT_SYNTAX', value: 'evil.test/frontend' }] });

  expect(all).toContain('--opt=cmdline=dockerfile.v0');
  expect(all.some((argument) => /^--(allow|secret|ssh)/.test(argument))).toBe(false);
  expect(daemonConfig({ address: 'unix:///s', state: '/state', registries: [] })).toContain(
    '[frontend."gateway.v0"]\nenabled = false',
  );
});

it('has a rootless BuildKit do without what it has no rights for', () => {
  const rootlessLines = (rootless: boolean) =>
    daemonConfig({ address: 'unix:///s', state: '/state', registries: [], rootless }).match(/^(rootless|noProc).*$/gm);

  expect(rootlessLines(true)).toEqual(['rootless = true', 'noProcessSandbox = true']);
  expect(rootlessLines(false)).toBeNull();
});

it('writes the registries of the settings, quoted', () => {
  const registries = [
    { host: 'docker.io', mirrors: ['mirror.test:5000'] },
    { host: 'r.test"]\n[evil', http: true, insecure: true },
  ];

  expect(daemonConfig({ address: 'unix:///s', state: '/state', registries }).split('\n').slice(-6)).toEqual([
    '[registry."docker.io"]',
    'mirrors = ["mirror.test:5000"]',
    '[registry."r.test\\"]\\n[evil"]',
    'http = true',
    'insecure = true',
    '',
  ]);
});

it('has recorded what the settings ask for, with the commit, and nothing that an argument asks for', () => {
  const args = [{ name: 'BUILDKIT_ATTEST_SBOM', value: 'generator=evil.test/scanner' }];
  const labels = { 'org.opencontainers.image.source': 'https://git.test/a', 'org.opencontainers.image.revision': 'c' };
  const attesting = (all: string[]) => all.filter((argument) => /attest|vcs|evil/i.test(argument));
  const attestations = { provenance: true, sbomGenerator: 'r.test/scanner:1' };

  expect(attesting(argumentsOf({ args, labels }))).toEqual([]);
  expect(attesting(argumentsOf({ args, labels, attestations }))).toEqual([
    '--opt=attest:provenance=mode=min,version=v1',
    '--opt=vcs:source=https://git.test/a',
    '--opt=vcs:revision=c',
    '--opt=attest:sbom=generator=r.test/scanner:1',
  ]);
});
