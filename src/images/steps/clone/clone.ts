import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../context.ts';
import type { ClonePlan } from '../plans.ts';
import { Tail } from '../program/lines.ts';
import { runProgram } from '../program/program.ts';
import { StepError } from '../step-error.ts';
import { judgeFetch } from './failure.ts';

export interface CloneFolders {
  /** Is made; ends with the files of the commit and nothing of git. */
  readonly repository: string;
  /** File with the value of the authorization header; need not exist. */
  readonly authorization: string;
}

/** No hook, filter or configuration of a template, of the machine or of the repository runs here. */
const isolated = ['core.hooksPath=/dev/null', 'init.templateDir=', 'core.fsmonitor=false', 'core.autocrlf=false'];

/** Fetches one commit and nothing else, and leaves no way back to the repository behind. */
export async function clone(plan: ClonePlan, folders: CloneFolders, context: StepContext): Promise<void> {
  const { repository } = folders;
  const secret = await readOptional(folders.authorization);
  await mkdir(repository, { recursive: true });
  const git = gitOf(plan, { repository, authorization: secret }, context);

  await git(['init', '--quiet', `--object-format=${plan.commit.length === 64 ? 'sha256' : 'sha1'}`]);
  await git(['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', plan.url, plan.commit]);
  await git(['checkout', '--quiet', '--detach', 'FETCH_HEAD']);
  const [head] = await git(['rev-parse', 'HEAD']);
  if (head !== plan.commit) {
    throw new StepError('SourceRefused', `fetch ${plan.commit}: the git host gave another commit; check the host`);
  }
  await rm(join(repository, '.git'), { recursive: true, force: true });
}

interface Access {
  readonly repository: string;
  readonly authorization: string | undefined;
}

function gitOf(plan: ClonePlan, { repository, authorization }: Access, { signal, say }: StepContext) {
  const secrets = authorization === undefined ? [] : [authorization, authorization.split(' ').at(-1) ?? ''];
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    ...plan.gitEnv,
    ...(authorization !== undefined && headerOf(plan.url, authorization)),
  };
  const options = [...plan.gitArgs, ...isolated.flatMap((entry) => ['-c', entry])];
  return async (args: readonly string[]): Promise<string[]> => {
    const tail = new Tail(20);
    const onLine = (line: string) => tail.add(`${line}\n`);
    const code = await runProgram('git', [...options, ...args], { cwd: repository, env, signal, onLine });
    const lines = tail.last(secrets);
    if (code === 0) return lines;
    lines.forEach(say);
    throw judgeFetch(lines, { url: plan.url, commit: plan.commit, code });
  };
}

/** By the environment, never by an argument: arguments of a process can be read by every other one. */
function headerOf(url: string, authorization: string): Record<string, string> {
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
  };
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
