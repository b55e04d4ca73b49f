import { tmpdir } from 'node:os';
import { z } from 'zod';
import { run } from '../../../lib/run.ts';
import { isFreeOfCredentials } from './addresses.ts';

/** Variables that make npm, pip and go inside an image use the package sources that this machine uses. */
export async function readPackageSettings(): Promise<string[]> {
  const found = await Promise.all([npmSettings(), pipSettings(), goSettings()]);
  return found.flat().filter(isFreeOfCredentials).sort();
}

/** npm tells its own default when it reads no configuration, so no address has to be known here. */
async function npmSettings(): Promise<string[]> {
  const cwd = tmpdir();
  const ask = ['config', 'get', 'registry'];
  const empty = ['--userconfig=/nonexistent/user', '--globalconfig=/nonexistent/global'];
  const env = { PATH: process.env['PATH'] };
  const answers = [run('npm', ask, { cwd }), run('npm', [...ask, ...empty], { cwd, env })];
  const [used, standard] = (await Promise.all(answers)).map(({ stdout }) => stdout.trim());
  return used === undefined || used === standard ? [] : [`NPM_CONFIG_REGISTRY=${used}`];
}

async function pipSettings(): Promise<string[]> {
  const { code, stdout } = await run('pip', ['config', 'list'], { allowFailure: true });
  return code === 0 ? pipVariables(stdout) : [];
}

/** `pip config list` prints only what is set, from files and environment alike. */
export function pipVariables(list: string): string[] {
  return list.split('\n').flatMap((line) => {
    const [, name, value] = /^\S*\.(index-url|extra-index-url)='(.+)'$/.exec(line) ?? [];
    return name && value ? [`PIP_${name.toUpperCase().replaceAll('-', '_')}=${value}`] : [];
  });
}

const goNames = ['GOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GONOPROXY', 'GOPRIVATE'] as const;
const goEnv = z.record(z.string(), z.string());

async function goSettings(): Promise<string[]> {
  const { code, stdout } = await run('go', ['env', '-changed', '-json'], { allowFailure: true });
  if (code !== 0) return [];
  const changed = goEnv.parse(JSON.parse(stdout));
  return goNames.flatMap((name) => (changed[name] === undefined ? [] : [`${name}=${changed[name]}`]));
}
