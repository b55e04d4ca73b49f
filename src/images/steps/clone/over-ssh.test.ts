import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRepository, type Repository } from '../../../../test/support/git-server/repository.ts';
import { recordedStep } from '../../../../test/support/recorded-step.ts';
import { type KeyPair, makeKey } from '../../../../test/support/ssh-server/keys.ts';
import { findSshd } from '../../../../test/support/ssh-server/program.ts';
import { type SshServer, startSshServer } from '../../../../test/support/ssh-server/ssh-server.ts';
import { createOutbound } from '../../../outbound/outbound.ts';
import { systemClock } from '../../../seams/system.ts';
import { StepError } from '../step-error.ts';
import { clone } from './clone.ts';
import { secretsOf } from './login.ts';

const sshd = await findSshd();
const limits = { packMegabytes: 10, megabytes: 10, fileMegabytes: 10, files: 100, seconds: 30 };

let root: string;
let work: string;
let server: SshServer;
let repository: Repository;
let stranger: KeyPair;

/** As a build pod has it: files that everybody may read, and an address that was checked before. */
async function cloned(commit: string, { key = server.login, knownHosts = known(), path = 'shop.git' } = {}) {
  const exceptions = [{ cidr: '127.0.0.1', port: server.port }];
  const outbound = createOutbound({ clock: systemClock, resolver: async () => ['127.0.0.1'], exceptions });
  const pin = await outbound.pinForProgram(`ssh://${server.user}@git.test:${server.port}${root}/${path}`);
  await outbound.close();
  work = await mkdtemp(join(tmpdir(), 'vish-clone-ssh-'));
  const folders = { repository: join(work, 'tree'), credentials: join(work, 'mounted'), keyFolder: join(work, 'key') };
  await mkdir(folders.credentials);
  await writeFile(join(folders.credentials, 'ssh-privatekey'), key.privateKey, { mode: 0o444 });
  await writeFile(join(folders.credentials, 'known_hosts'), `${knownHosts}\n`, { mode: 0o444 });
  const plan = { url: pin.url, gitArgs: [...pin.git.args], gitEnv: { ...pin.git.env }, commit, limits };
  const { context, log } = recordedStep();
  const error = await clone(plan, folders, context).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { error, log: log.join('\n'), folders };
}

const known = (key = server.hostKeys.ed25519) => `[git.test]:${server.port} ${key.publicKey}`;

// Needs an OpenSSH server of the machine, or Debian's archive.
describe.skipIf(sshd === undefined)('the clone step at a real sshd', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    if (sshd === undefined) throw new Error('there is no sshd');
    root = await mkdtemp(join(tmpdir(), 'vish-clone-host-'));
    repository = await createRepository(root, 'shop.git');
    server = await startSshServer({ sshd, root });
    stranger = await makeKey(root, 'stranger');
  });

  afterEach(() => rm(work, { recursive: true, force: true }));

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(root, { recursive: true, force: true });
  });

  it('fetches a commit that is no longer the newest, and leaves nothing of the key', async () => {
    const commit = await repository.commit({ files: { 'a/b.txt': 'one' } });
    await repository.commit({ files: { 'a/b.txt': 'two' } });

    const { error, folders } = await cloned(commit);

    expect(error).toBeUndefined();
    expect(await readdir(folders.repository)).toEqual(['a']);
    expect(await readFile(join(folders.repository, 'a/b.txt'), 'utf8')).toBe('one');
    expect(await readdir(folders.keyFolder)).toEqual([]);
  });

  it.each([
    ['SourceForbidden', 'deploy key', () => ({ key: stranger })],
    ['SourceRefused', 'known_hosts', () => ({ knownHosts: known(stranger) })],
    ['SourceRefused', 'known_hosts', () => ({ knownHosts: `other.test ${server.hostKeys.ed25519.publicKey}` })],
    [
      'SourceRefused',
      'known_hosts',
      () => ({ knownHosts: `${known()}\n@revoked * ${server.hostKeys.ed25519.publicKey}` }),
    ],
    ['SourceNotFound', 'source.git.url', () => ({ path: 'nothing.git' })],
    ['SourceNotFound', 'commit', () => ({})],
  ])('says %s with what to do about the %s', async (reason, advice, options) => {
    const { error, log, folders } = await cloned('a'.repeat(40), options());

    expect(error).toBeInstanceOf(StepError);
    expect(error).toMatchObject({ reason, message: expect.stringContaining(advice), details: { step: 'git fetch' } });
    expect(await readdir(folders.keyFolder)).toEqual([]);
    expect(JSON.stringify([error, log])).not.toMatch(/PRIVATE KEY|b3BlbnNzaC1rZXk/);
  });

  it('never shows a line of the key', () => {
    const { privateKey } = server.login;

    const shown = secretsOf({ authorization: undefined, privateKey }).text(privateKey);

    for (const line of privateKey.trim().split('\n').slice(1, -1)) expect(shown).not.toContain(line);
  });
});
