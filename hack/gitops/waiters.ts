import { join } from 'node:path';
import { run } from '../lib/run.ts';
import { argocdFolder } from './argocd.ts';

export interface Answer {
  readonly kstatus: string;
  readonly health: { readonly status: string; readonly message: string };
  readonly actions?: Readonly<Record<string, Action>>;
}

export interface Action {
  readonly disabled: boolean;
  readonly after?: { readonly metadata: { readonly annotations: Record<string, string> }; readonly spec: object };
}

const folder = join(import.meta.dirname, 'waiters');
/** The first time it compiles the library of kstatus. */
const deadlineMs = 9 * 60_000;

/** What kstatus itself and an interpreter of Argo CD's sort make of the objects. */
export async function askWaiters(objects: readonly object[]): Promise<Answer[]> {
  const env = { ...process.env, CGO_ENABLED: '0' };
  const args = ['run', '-C', folder, '.', join(process.cwd(), argocdFolder)];
  const { stdout } = await run('go', args, { env, input: JSON.stringify(objects), timeoutMs: deadlineMs });
  return JSON.parse(stdout) as Answer[];
}

export async function hasGo(): Promise<boolean> {
  return (await run('go', ['version'], { allowFailure: true })).code === 0;
}
