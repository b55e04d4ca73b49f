import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { StepContext } from '../../context.ts';
import { runProgram } from '../../program/program.ts';
import { type Builder, programEnv } from '../builder.ts';
import { unpacked } from '../unpacked.ts';
import { type Door, openDoor } from './door.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { toLayout } from './saved-image.ts';

export interface EngineBuild extends EngineOptions {
  readonly scratch: string;
  /** Folder with a config.json: logins for base images, each for its host. */
  readonly login: string;
}

/** Names that no registry can have. */
const repository = 'vish.invalid/build';
const oldMs = 24 * 60 * 60_000;

/** Builds with the BuildKit inside of a Docker Engine. buildctl is the session: files, logins and health. */
export async function openEngine(options: EngineBuild, context: StepContext): Promise<Builder> {
  const engine = await Engine.open(options);
  try {
    await engine.ping();
    await removeOld(engine, context);
    const socket = join(options.scratch, 'engine.sock');
    const door = await openDoor(socket, () => engine.dial());
    return builderOf({ engine, door, socket }, options, context);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

interface Opened {
  readonly engine: Engine;
  readonly door: Door;
  readonly socket: string;
}

function builderOf({ engine, door, socket }: Opened, { scratch, login }: EngineBuild, context: StepContext): Builder {
  const { clock, signal } = context;
  return {
    build: async (options, image, onLine) => {
      const name = `${repository}:${clock.now()}-${randomUUID()}`;
      const args = ['--addr', `unix://${socket}`, 'build', ...options, `--output=type=moby,name=${name}`];
      const code = await runProgram('buildctl', args, {
        env: { ...programEnv(), DOCKER_CONFIG: login },
        signal,
        onLine,
      });
      const problem = door.problem();
      if (code !== 0 && problem !== undefined) throw problem;
      if (code === 0) await take({ engine, name, saved: join(scratch, 'saved') }, image, context);
      return code;
    },
    // The Engine's cache is its administrator's.
    prune: () => Promise.resolve(),
    stop: async () => {
      await door.close();
      await engine.close();
    },
  };
}

interface Built {
  readonly engine: Engine;
  readonly name: string;
  readonly saved: string;
}

async function take({ engine, name, saved }: Built, image: string, context: StepContext): Promise<void> {
  try {
    const body = await engine.save(name);
    await unpacked(saved, context, async (into) => {
      await pipeline(body, into);
      return 0;
    });
    await toLayout(saved, image);
    await rm(saved, { recursive: true });
  } finally {
    await engine.remove(name);
  }
}

/** Of steps that were ended between a build and its end. */
async function removeOld(engine: Engine, { clock, say }: StepContext): Promise<void> {
  for (const name of await engine.tagsOf(repository)) {
    const made = Number(name.slice(`${repository}:`.length).split('-')[0]);
    if (Number.isNaN(made) || clock.now() - made < oldMs) continue;
    say(`removing ${name}, which an earlier build left in the Engine`);
    await engine.remove(name);
  }
}
