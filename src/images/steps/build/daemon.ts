import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, sleep } from '../../../seams/clock.ts';
import type { StepContext } from '../context.ts';
import type { RegistryHost } from '../plans.ts';
import { Tail } from '../program/lines.ts';
import { ended, runProgram, startProgram } from '../program/program.ts';
import { StepError } from '../step-error.ts';
import { type Builder, programEnv } from './builder.ts';
import { daemonConfig } from './daemon-config.ts';
import { unpacked } from './unpacked.ts';

export interface DaemonOptions {
  /** Kept between builds when it lies on a volume. */
  readonly state: string;
  readonly scratch: string;
  readonly registries: readonly RegistryHost[];
  readonly rootless?: boolean | undefined;
}

/** The user of the step is root in it, and has the users of /etc/subuid beside. */
const inUserNamespace = ['unshare', '--user', '--mount', '--map-root-user', '--map-auto', '--'];

const startMs = 60_000;
const stopMs = 15_000;
const pollMs = 25;

/** Starts buildkitd and waits until it answers. */
export async function startDaemon(options: DaemonOptions, context: StepContext): Promise<Builder> {
  const { state, scratch, registries, rootless } = options;
  const { clock } = context;
  const env = programEnv();
  const socket = join(scratch, 'buildkitd.sock');
  const address = `unix://${socket}`;
  const config = join(scratch, 'buildkitd.toml');
  await mkdir(scratch, { recursive: true });
  await writeFile(config, daemonConfig({ address, state, registries, rootless }));
  const said = new Tail(20);
  const quiet = new AbortController();
  const onLine = (line: string) => said.add(`${line}\n`);
  const [program, ...args] = [...(rootless ? inUserNamespace : []), 'buildkitd', '--config', config];
  const child = startProgram(program, args, { env, signal: quiet.signal, onLine });
  const gone = ended(child).catch(() => 127);
  const over = gone.then(() => 'ended' as const);

  const started = await Promise.race([over, waitForSocket(socket, clock)]);
  if (started !== 'ready') {
    child.kill('SIGKILL');
    throw new StepError('BuilderUnavailable', 'buildkitd did not start; the node may not allow user namespaces', {
      lines: said.last(),
    });
  }
  const { signal } = context;
  return {
    build: (options, image, onLine) => {
      const args = ['--addr', address, 'build', ...options, '--output=type=oci,dest=-'];
      return unpacked(image, context, (into) => runProgram('buildctl', args, { env, signal, onLine, into }));
    },
    prune: async (megabytes) => {
      const args = ['--addr', address, 'prune', '--all', '--keep-storage', String(megabytes)];
      await runProgram('buildctl', args, { env, signal, onLine: () => undefined });
    },
    // It has to write its index before it ends: the next build finds its cache by it.
    stop: async () => {
      quiet.abort();
      const late = sleep(clock, stopMs).then(() => 'late' as const);
      if ((await Promise.race([over, late])) === 'late') child.kill('SIGKILL');
      await gone;
    },
  };
}

/** It listens only when its workers are up. */
async function waitForSocket(socket: string, clock: Clock): Promise<'ready' | 'late'> {
  const deadline = clock.monotonic() + startMs;
  while (clock.monotonic() < deadline) {
    if (await exists(socket)) return 'ready';
    await sleep(clock, pollMs);
  }
  return 'late';
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
