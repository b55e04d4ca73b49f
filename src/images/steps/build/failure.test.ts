import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { judgeBuild } from './failure.ts';
import { BuildProgress } from './rawjson.ts';

/** What buildctl 0.32.2 printed for real builds. */
function recorded(name: string): { progress: BuildProgress; log: string[] } {
  const log: string[] = [];
  const progress = new BuildProgress((line) => log.push(line));
  const text = readFileSync(join(import.meta.dirname, 'fixtures', `${name}.txt`), 'utf8');
  for (const line of text.split('\n')) progress.line(line);
  return { progress, log };
}

/** A command that printed this and ended with 1. */
function failing(text: string): BuildProgress {
  const progress = new BuildProgress(() => undefined);
  const vertex = { digest: 'd', name: '[2/2] RUN x', error: 'exit code: 1' };
  progress.line(JSON.stringify({ vertexes: [vertex], logs: [{ vertex: 'd', data: btoa(text) }] }));
  progress.line('error: failed to solve: process "x" did not complete successfully: exit code: 1');
  return progress;
}

const judged = (name: string) => judgeBuild(recorded(name).progress, { dockerfile: 'web/Dockerfile' }, {});

it('names the command that failed, where it stands, its code and its last lines without terminal control', () => {
  const { reason, message, details } = judged('failing-run');

  expect(reason).toBe('BuildCommandFailed');
  expect(details).toMatchObject({
    file: 'web/Dockerfile',
    line: 4,
    exitCode: 3,
    lines: ['first', 'red token-secret-1', 'npm error missing script: build'],
  });
  expect(details.step).toMatch(/^RUN echo first && printf/);
  expect(message).toMatch(/^RUN echo first .* \(web\/Dockerfile:4\): ended with exit code 3$/);
});

it.each([
  ['syntax-error', 'DockerfileInvalid', 3, 'unknown instruction: RUNN (did you mean RUN?)'],
  ['missing-base', 'BaseImageMissing', 1, 'docker.io/library/nosuchimage:9.9: not found'],
  ['missing-file', 'BuildCommandFailed', 2, '"/missing.txt": not found'],
  ['killed', 'BuildOutOfMemory', 2, 'raise build.memory'],
  ['no-dockerfile', 'UnknownProjectType', undefined, 'there is no Dockerfile'],
])('tells %s apart', (name, reason, line, words) => {
  const error = judged(name);

  expect([error.reason, error.details.line]).toEqual([reason, line]);
  expect(error.message).toContain(words);
});

it.each([
  ['write /layer: no space left on device', 'BuildDiskFull'],
  ['a: failed to do request: Head "https://r.test/v2/": dial tcp: lookup r.test: no such host', 'RegistryUnreachable'],
  ['pull access denied, repository does not exist or may require authorization', 'BaseImageMissing'],
  ['target stage "x" could not be found', 'DockerfileInvalid'],
  ['failed to resolve source metadata for docker.io/library/node:24: 429 Too Many Requests', 'RegistryUnreachable'],
  ['node:24: failed to resolve source metadata: no match for platform in manifest: not found', 'BaseImageMissing'],
  [
    'failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
    'BuilderUnavailable',
  ],
])('reads "%s" as %s', (error, reason) => {
  const progress = new BuildProgress(() => undefined);
  progress.line(`error: failed to solve: ${error}`);

  expect(judgeBuild(progress, { dockerfile: 'Dockerfile' }, {}).reason).toBe(reason);
});

it.each([
  ['npm error code ENOSPC\nnpm error nospc write failed', 'BuildDiskFull', /exit code 1, because it wrote more/],
  ['FATAL ERROR: Reached heap limit - JavaScript heap out of memory', 'BuildOutOfMemory', /raise build.memory/],
  [
    'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
    'BuildCommandFailed',
    /exit code 1, because the lock file does not fit the manifest; install once more/,
  ],
  ["sh: can't fork: Resource temporarily unavailable", 'BuildCommandFailed', /builds.processes allows/],
  ['runtime: failed to create new OS thread (have 12 already; errno=11)', 'BuildCommandFailed', /builds.processes/],
  ['npm error 403 Forbidden - GET https://npm.test/a', 'BuildCommandFailed', /exit code 1$/],
  ['all is well', 'BuildCommandFailed', /exit code 1$/],
])('reads what a failing command printed last: %j', (text, reason, message) => {
  const error = judgeBuild(failing(text), { dockerfile: 'Dockerfile' }, {});

  expect([error.reason, error.message]).toEqual([reason, expect.stringMatching(message)]);
});

it.each([
  ['npm error code SELF_SIGNED_CERT_IN_CHAIN', /does not trust its certificate.*NODE_EXTRA_CA_CERTS/],
  ['sun.security.validator.ValidatorException: PKIX path building failed', /does not trust its certificate/],
  ['curl: (22) The requested URL returned error: 403', /only the hosts of the operator's builds.untrustedHosts/],
  ['npm error request failed, reason: getaddrinfo EAI_AGAIN npm.test', /no network but the proxy/],
  ["wget: bad address 'npm.test'", /no network but the proxy/],
  ['all is well', /exit code 1$/],
])('reads behind the proxy what a command says of its network: %j', (text, expected) => {
  const { reason, message } = judgeBuild(failing(text), { dockerfile: 'Dockerfile' }, { hosts: [] });

  expect([reason, message]).toEqual(['BuildCommandFailed', expect.stringMatching(expected)]);
});

it('says that a base image lies at a host that the build may not reach', () => {
  const progress = new BuildProgress(() => undefined);
  progress.line('error: failed to solve: source "docker-image://evil.test/a:latest" denied by policy');

  const { reason, message } = judgeBuild(progress, { dockerfile: 'Dockerfile' }, { hosts: [] });

  expect([reason, message]).toEqual(['BuildHostRefused', expect.stringContaining('evil.test/a:latest')]);
});

it('leaves out the manual that npm prints after what went wrong', () => {
  const progress = new BuildProgress(() => undefined);
  const told = [
    'npm error `npm ci` can only install packages when',
    'npm error Missing: left-pad@1.0.0 from lock file',
  ];
  const manual = [
    'npm error Usage:',
    ...Array.from({ length: 300 }, () => 'npm error   --omit'),
    'npm error Run "npm help ci"',
  ];
  const text = [...told, ...manual, 'npm error A complete log of this run'].join('\n');
  const vertex = { digest: 'd', name: '[2/2] RUN npm ci', error: 'exit code: 1' };
  progress.line(JSON.stringify({ vertexes: [vertex], logs: [{ vertex: 'd', data: btoa(text) }] }));
  progress.line('error: failed to solve: process "x" did not complete successfully: exit code: 1');

  const { message, details } = judgeBuild(progress, { dockerfile: 'Dockerfile' }, {});

  expect(message).toContain('the lock file does not fit');
  expect(details.lines).toEqual([...told, 'npm error A complete log of this run']);
});

it('keeps 200 lines of the failing step, and tells the last 20 of them', () => {
  const progress = new BuildProgress(() => undefined);
  const log = Array.from({ length: 300 }, (_, index) => `line ${index}\n`).join('');
  const vertex = { digest: 'd', name: '[2/2] RUN x', error: 'exit code: 1' };
  progress.line(JSON.stringify({ vertexes: [vertex], logs: [{ vertex: 'd', data: btoa(log) }] }));
  progress.line('error: failed to solve: process "x" did not complete successfully: exit code: 1');

  const { tail, details } = judgeBuild(progress, { dockerfile: 'Dockerfile' }, {});

  expect([tail.length, tail[0], tail.at(-1)]).toEqual([200, 'line 100', 'line 299']);
  expect([details.lines?.length, details.lines?.[0]]).toEqual([20, 'line 280']);
});

it('has another remedy for the name of an image that the author did not write', () => {
  const progress = new BuildProgress(() => undefined);
  progress.line('error: failed to solve: node:99-slim: not found');

  const derived = { folder: '/f', summary: '' };

  const { reason, message } = judgeBuild(progress, { dockerfile: 'derived Dockerfile', derived }, {});

  expect(reason).toBe('BaseImageMissing');
  expect(message).toContain('ask for another version, or have the administrator set builds.baseImages');
});

it('blames the builder when it ends without a word', () => {
  expect(judgeBuild(new BuildProgress(() => undefined), { dockerfile: 'Dockerfile' }, {}).reason).toBe(
    'BuilderUnavailable',
  );
});

it('counts the instructions, and those that came from the cache', () => {
  expect(recorded('cached').progress.steps).toEqual({ cachedSteps: 3, totalSteps: 3 });
  expect(recorded('failing-run').progress.steps).toEqual({ cachedSteps: 0, totalSteps: 2 });
});

it('prints what a person would follow', () => {
  const { log } = recorded('failing-run');

  expect(log).toContain('before');
  expect(log).toContain('=> [2/3] RUN echo before');
});
