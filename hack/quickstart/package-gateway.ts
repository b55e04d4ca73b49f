import { lookup } from 'node:dns/promises';
import { run } from '../lib/run.ts';

/**
 * Addresses by which this machine reaches the registry of npm: a company's gateway often has one that a NetworkPolicy for
 * builds would take for a private network. None when the machine cannot say.
 */
export async function packageGateway(): Promise<string[]> {
  const host = await packageHost();
  if (host === undefined) return [];
  const found = await lookup(host, { all: true, family: 4 }).catch(() => []);
  return found.map(({ address }) => address);
}

/** The registry that npm asks. */
export async function packageHost(): Promise<string | undefined> {
  const { stdout } = await run('npm', ['config', 'get', 'registry'], { allowFailure: true });
  return URL.parse(stdout.trim())?.hostname;
}
