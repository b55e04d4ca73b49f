import { randomBytes } from 'node:crypto';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Crafted, type CraftedEntry, craft } from '../../../../test/support/git-server/crafted.ts';
import { type GitServer, startGitServer } from '../../../../test/support/git-server/git-server.ts';
import { createRepository, type Repository } from '../../../../test/support/git-server/repository.ts';
import { recordedStep } from '../../../../test/support/recorded-step.ts';
import { gitSource } from '../../../crds/source/source.ts';
import { createOutbound, dnsResolver, type Outbound, OutboundError } from '../../../outbound/outbound.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { systemClock } from '../../../seams/system.ts';
import { clonePlan } from '../plans.ts';
import { StepError } from '../step-error.ts';
import { clone } from './clone.ts';

const limits = { packMegabytes: 4, megabytes: 3, fileMegabytes: 2, files: 60, seconds: 30 };
const megabyte = 1024 * 1024;
const password = 'planted-password';

let root: string;
let server: GitServer;
let repository: Repository;
let crafted: Crafted;
let outbound: Outbound;
/** A command of the repository's that runs leaves this file. */
let marker: string;
/** What the git host does with a request before git sees it. */
let before: (...given: Parameters<RequestListener>) => boolean;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vish-attacks-'));
  marker = join(root, 'marker');
  server = await startGitServer({ root, before: (...given) => before(...given) });
  repository = await createRepository(root, 'shop.git');
  crafted = craft(repository);
  const exceptions = [{ cidr: '127.0.0.1', port: server.port, http: true }];
  outbound = createOutbound({ clock: systemClock, resolver: dnsResolver(), exceptions });
  await writeFile(join(root, 'authorization'), `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`);
});

afterAll(async () => {
  await outbound.close();
  await server[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

beforeEach(() => {
  before = () => false;
  server.requests.splice(0);
});

interface Taken {
  readonly folder: string;
  readonly log: readonly string[];
}

/** As a Build does it: the address by the rules of the kind and of the outbound client, the plan by its schema. */
async function take(commit: string, url = `${server.url}/shop.git`, clock = systemClock): Promise<Taken> {
  const pin = await outbound.pinForProgram(gitSource.parse({ url }).url);
  const plan = clonePlan.parse({ url: pin.url, gitArgs: pin.git.args, gitEnv: pin.git.env, commit, limits });
  const folder = await mkdtemp(join(root, 'work-'));
  const { context, log } = recordedStep(clock);
  const folders = { repository: join(folder, 'tree'), credentials: root, keyFolder: join(folder, 'key') };
  await clone(plan, folders, context);
  return { folder: join(folder, 'tree'), log };
}

async function refusal(attempt: Promise<unknown>): Promise<{ reason: string; text: string }> {
  const error = await attempt.then(
    () => new Error('it was taken'),
    (error: Error) => error,
  );
  const { message } = error;
  if (error instanceof OutboundError) return { reason: 'SourceRefused', text: message };
  if (!(error instanceof StepError)) return { reason: error.name, text: message };
  return { reason: error.reason, text: [message, ...(error.details.lines ?? [])].join(' | ') };
}

const ran = () =>
  access(marker).then(
    () => true,
    () => false,
  );
const file = (name: string, id = crafted.blob('')): CraftedEntry => ({ mode: '100644', name, id });
const link = (name: string, target: string): CraftedEntry => ({ mode: '120000', name, id: crafted.blob(target) });
const folder = (name: string, ...entries: CraftedEntry[]): CraftedEntry => ({
  mode: '40000',
  name,
  id: crafted.tree(entries),
});
const commitOf = (...entries: CraftedEntry[]) => crafted.commit(crafted.tree(entries));

/** Ten folders in each of ten folders, and so on: few objects, and more paths than anybody can write. */
function bomb(leaf: string, depth: number): CraftedEntry {
  let id = leaf;
  for (let level = 0; level < depth; level++) {
    id = crafted.tree(Array.from({ length: 10 }, (_, index) => ({ mode: '40000', name: `d${index}`, id })));
  }
  return { mode: '40000', name: 'a', id };
}

const contents: [what: string, says: RegExp, plant: () => Promise<string>][] = [
  ['a link to a file of the machine', /"Dockerfile" leads out/, () => commitOf(link('Dockerfile', '/etc/passwd'))],
  ['a link to a folder above', /"package.json" leads out/, () => commitOf(link('package.json', '../../authorization'))],
  ['links that lead out only together', /leads out/, () => commitOf(folder('a', link('b', '..')), link('c', 'a/b/..'))],
  ['a file below a link', /taken|attack/, () => commitOf(link('a', '/tmp'), folder('a', file('planted')))],
  ['a link that is no path', /longer than 4096/, () => commitOf(link('a', 'x/'.repeat(4000)))],
  ['a .git folder of its own', /attack/, () => commitOf(folder('.git', file('config')))],
  ['a .git folder of other machines', /attack/, () => commitOf(folder('.GIT', folder('hooks', file('post-checkout'))))],
  ['.git by its short name', /attack/, () => commitOf(folder('git~1', file('config')))],
  ['.git with what is not seen in it', /attack/, () => commitOf(folder('.g\u200cit', file('config')))],
  ['a folder called ..', /attack/, () => commitOf(folder('..', file('authorization')))],
  ['a name with a slash in it', /attack/, () => commitOf(file('../authorization'))],
  ['.gitmodules as a link', /attack|leads out/, () => commitOf(link('.gitmodules', '/etc/passwd'))],
  [
    'a submodule whose address is an option',
    /attack/,
    () =>
      commitOf(file('.gitmodules', crafted.blob(`[submodule "a"]\n path = a\n url = -u./x\n`)), {
        mode: '160000',
        name: 'a',
        id: 'a'.repeat(40),
      }),
  ],
  [
    'a submodule that lies elsewhere',
    /attack/,
    () => commitOf(file('.gitmodules', crafted.blob(`[submodule "../../x"]\n path = a\n url = ${server.url}/a.git\n`))),
  ],
  [
    'more files than allowed',
    /more than 60 files and folders; .*builds.source.files/,
    () => commitOf(...Array.from({ length: 61 }, (_, index) => file(`f${index + 100}`))),
  ],
  ['a tree that multiplies files', /more than 60/, () => commitOf(bomb(crafted.tree([file('x')]), 9))],
  ['a tree that multiplies empty folders', /more than 60/, () => commitOf(bomb(crafted.tree([]), 9))],
  [
    'a small pack that becomes a large file',
    /"zeros" is larger than 2 MB; .*builds.source.fileMegabytes/,
    () => commitOf(file('zeros', crafted.blob(Buffer.alloc(12 * megabyte)))),
  ],
  [
    'one file many times over',
    /take more than 3 MB; .*builds.source.megabytes/,
    () => {
      const id = crafted.blob(Buffer.alloc(megabyte));
      return commitOf(...['a', 'b', 'c', 'd'].map((name) => file(name, id)));
    },
  ],
  [
    'a pack beyond its limit',
    /larger than 4 MB as it is sent; .*builds.source.packMegabytes/,
    () => commitOf(...['a', 'b', 'c', 'd', 'e'].map((name) => file(name, crafted.blob(randomBytes(megabyte))))),
  ],
  ['a name that no disk takes', /longer than 255/, () => commitOf(file('n'.repeat(300)))],
  [
    'a path that no program takes',
    /longer than 1024/,
    () => {
      let deep = file('x');
      for (let level = 0; level < 6; level++) deep = folder('d'.repeat(200), deep);
      return commitOf(deep);
    },
  ],
];

it.each(contents)('refuses a commit with %s', async (_what, says, plant) => {
  const { reason, text } = await refusal(take(await plant()));

  expect([reason, text]).toEqual(['SourceRefused', expect.stringMatching(says)]);
  expect(await ran()).toBe(false);
  expect(text).not.toContain(password);
});

const addresses: [what: string, url: string][] = [
  ['a command', 'ext::sh -c touch% /tmp/marker'],
  ['a folder of this machine', '/etc'],
  ['a file address', 'file:///srv/git/shop.git'],
  ['an option', '--upload-pack=touch /tmp/marker'],
  ['an option of ssh for a host', 'ssh://-oProxyCommand=touch/shop.git'],
  ['an option of ssh for a host, in the short form', 'git@-oProxyCommand=touch:shop.git'],
  ['a login', 'https://ann:planted-password@git.test/shop.git'],
  ['another protocol', 'git://git.test/shop.git'],
  ['a line break', 'https://git.test/shop.git\n[core]'],
  ["the cloud's metadata", 'http://169.254.169.254/latest/meta-data'],
  ['this machine at another port', 'http://127.0.0.1:1/shop.git'],
  ['this machine, written as a number', 'https://2130706433/shop.git'],
];

it.each(addresses)('refuses an address that is %s', async (_what, url) => {
  const { reason, text } = await refusal(take('a'.repeat(40), url));

  expect(reason).toMatch(/^(SourceRefused|\$?ZodError)$/);
  expect(text).not.toContain(password);
});

it.each(['--upload-pack=touch', 'main', 'refs/heads/main', 'a'.repeat(39), `${'a'.repeat(40)}\n--x`])(
  'refuses %j as a commit',
  async (commit) => {
    expect((await refusal(take(commit))).reason).toMatch(/^\$?ZodError$/);
  },
);

const hosts: [what: string, reason: string, says: RegExp, acts: typeof before][] = [
  [
    'leads to another place',
    'SourceRefused',
    /final address/,
    (_request, response) => {
      response.writeHead(302, { location: `http://localhost:${server.port}/shop.git/info/refs` }).end();
      return true;
    },
  ],
  [
    'shows words that paint the terminal and repeat the login',
    'SourceForbidden',
    /refused \[redacted\] txt/,
    (_request, response) => {
      response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`\u001b[2J\u001b]0;evil\u0007refused ${password}\u202e txt\u0000\n`);
      return true;
    },
  ],
  [
    'answers with what is not git',
    'SourceUnreachable',
    /fetch/,
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' }).end('9999evil');
      return true;
    },
  ],
];

it.each(hosts)('is not fooled by a host that %s', async (_what, reason, says, acts) => {
  const commit = await repository.commit({ files: { a: '1' } });
  before = acts;

  const refused = await refusal(take(commit));

  expect([refused.reason, refused.text]).toEqual([reason, expect.stringMatching(says)]);
  // oxlint-disable-next-line no-control-regex
  expect(refused.text).not.toMatch(/[\u0000-\u001f\u202e]|planted/);
});

it('gives up on a host that never ends its answer', async () => {
  const clock = new ManualClock();
  const silent = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
    response.write('001e# service=git-upload-pack\n');
    void clock.advance(limits.seconds * 1000);
  });
  before = (...given) => silent.emit('request', ...given);

  const { reason, text } = await refusal(take('a'.repeat(40), undefined, clock));

  expect([reason, text]).toEqual(['SourceUnreachable', expect.stringContaining('longer than 30 s')]);
});

it('runs no hook, filter or submodule of the repository, and asks no other host', async () => {
  const evil = `#!/bin/sh\ntouch ${marker}\n`;
  const commit = await commitOf(
    file('.gitattributes', crafted.blob('* filter=evil\n*.bin filter=lfs diff=lfs merge=lfs -text\n*.id ident\n')),
    file('.gitconfig', crafted.blob(`[filter "evil"]\n smudge = touch ${marker}\n[core]\n hooksPath = hooks\n`)),
    file(
      '.gitmodules',
      crafted.blob(`[submodule "sub"]\n path = sub\n url = ${server.url}/other.git\n update = checkout\n`),
    ),
    file('.lfsconfig', crafted.blob(`[lfs]\n url = ${server.url}/lfs\n`)),
    file('a.bin', crafted.blob(`version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`)),
    file('a.id', crafted.blob('$Id$')),
    folder('hooks', { mode: '100755', name: 'post-checkout', id: crafted.blob(evil) }),
    link('inside', 'hooks/post-checkout'),
    { mode: '160000', name: 'sub', id: 'b'.repeat(40) },
  );

  const { folder: taken, log } = await take(commit);

  expect(await ran()).toBe(false);
  expect(await readdir(taken)).not.toContain('.git');
  expect(await readdir(join(taken, 'sub'))).toEqual([]);
  expect(await readFile(join(taken, 'a.id'), 'utf8')).toBe('$Id$');
  expect(await readFile(join(taken, 'inside'), 'utf8')).toBe(evil);
  expect(log.join()).toContain('submodules (1)');
  expect(server.requests.filter((request) => !request.includes('/shop.git/'))).toEqual([]);
});

it('takes exactly one commit, also where the history is long', async () => {
  const commits: string[] = [];
  for (const content of ['1', '2', '3']) commits.push(await repository.commit({ files: { a: content } }));

  const { folder: taken } = await take(commits[1] ?? '');

  expect(await readFile(join(taken, 'a'), 'utf8')).toBe('2');
});
