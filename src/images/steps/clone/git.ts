import type { StepContext } from '../context.ts';
import type { ClonePlan } from '../plans.ts';
import { Tail } from '../program/lines.ts';
import { runProgram } from '../program/program.ts';
import { StepError } from '../step-error.ts';
import { judgeGit } from './failure.ts';
import { type GitLogin, type LoginFolders, secretsOf, sshEnvironment } from './login.ts';

/** The program, for one repository. Everything that goes wrong is a StepError. */
export interface Git {
  /** The last lines that it printed. */
  run(args: readonly string[]): Promise<string[]>;
  /** Hands on the output as it comes. What `onOutput` throws ends the program and is thrown. */
  read(args: readonly string[], onOutput: (chunk: Buffer) => void): Promise<void>;
}

export interface GitAccess {
  readonly repository: string;
  readonly login: GitLogin;
  readonly folders: LoginFolders;
  /** Aborts when the time for the repository is over. */
  readonly late: AbortSignal;
}

/** No hook, filter or configuration of a template, of the machine or of the repository runs here. */
const isolated = [
  'core.hooksPath=/dev/null',
  'init.templateDir=',
  'core.fsmonitor=false',
  'core.autocrlf=false',
  'core.symlinks=true',
  'credential.helper=',
  'gc.auto=0',
  // Names that are `.git` to the file systems of other machines.
  'core.protectHFS=true',
  'core.protectNTFS=true',
];

/** What old programs wrote about people and times does no harm. */
const letBe = [
  'badDate',
  'badTimezone',
  'missingEmail',
  'missingNameBeforeEmail',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'zeroPaddedDate',
  'zeroPaddedFilemode',
];
/** Damaged and malicious objects are refused as they come. */
const checked = ['fetch.fsckObjects=true', ...letBe.map((problem) => `fetch.fsck.${problem}=ignore`)];

/** A pack of any number of objects is one file, so that the limit for a file is one for the pack. Large ones are streamed. */
const bounded = ['fetch.unpackLimit=1', 'transfer.unpackLimit=1', 'core.bigFileThreshold=8m', 'pack.threads=1'];

const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  // Nothing may be asked, whatever the machine has for it.
  GIT_ASKPASS: '/bin/false',
};

/**
 * The kernel lets nobody write a larger file; git itself knows no limit for what it fetches. With the signal ignored git can
 * say so. In blocks of 512 bytes.
 */
const limited = 'trap "" XFSZ && ulimit -f "$1" && shift && exec git "$@"';
const blocksInMegabyte = 2048;

export function gitFor(plan: ClonePlan, access: GitAccess, { signal, say }: StepContext): Git {
  const { repository, login, late } = access;
  const secrets = secretsOf(login);
  const env = { ...environment, ...plan.gitEnv, ...loginEnvironment(plan, access) };
  const config = [...isolated, ...checked, ...bounded].flatMap((entry) => ['-c', entry]);
  const before = ['-c', limited, 'git', String(plan.limits.packMegabytes * blocksInMegabyte)];

  const run = async (args: readonly string[], ending: AbortSignal, onOutput?: (chunk: Buffer) => void) => {
    const tail = new Tail(20);
    const ends = AbortSignal.any([signal, late, ending]);
    const onLine = (line: string) => tail.add(`${line}\n`);
    const options = { cwd: repository, env, signal: ends, family: true, onLine, ...(onOutput && { onOutput }) };
    const code = await runProgram('sh', [...before, ...plan.gitArgs, ...config, ...args], options);
    ending.throwIfAborted();
    const lines = tail.last(secrets);
    if (code === 0 && !ends.aborted) return lines;
    lines.forEach(say);
    throw judgeGit({ plan, step: `git ${args[0]}`, code, lines, cancelled: signal.aborted, late: late.aborted });
  };

  return {
    run: (args) => run(args, new AbortController().signal),
    read: async (args, onOutput) => {
      const ending = new AbortController();
      await run(args, ending.signal, (chunk) => {
        if (!ending.signal.aborted) attempt(() => onOutput(chunk), ending);
      });
    },
  };
}

function attempt(take: () => void, ending: AbortController): void {
  try {
    take();
  } catch (error) {
    ending.abort(error instanceof StepError ? error : new StepError('SourceRefused', String(error)));
  }
}

function loginEnvironment({ url, gitEnv }: ClonePlan, { login, folders }: GitAccess): Record<string, string> {
  if (login.privateKey !== undefined) return sshEnvironment(gitEnv['GIT_SSH_COMMAND'], folders);
  return login.authorization === undefined ? {} : headerOf(url, login.authorization);
}

/** By the environment, never by an argument: arguments of a process can be read by every other one. */
function headerOf(url: string, authorization: string): Record<string, string> {
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
  };
}
