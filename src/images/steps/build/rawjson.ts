import { z } from 'zod';
import { plainLine, Tail } from '../program/lines.ts';
import { outsideOfManual } from './manual.ts';

const vertex = z.object({
  digest: z.string(),
  name: z.string(),
  started: z.string().optional(),
  completed: z.string().optional(),
  cached: z.boolean().optional(),
  error: z.string().optional(),
});
const log = z.object({ vertex: z.string(), data: z.string() });
const message = z.object({ vertexes: z.array(vertex).optional(), logs: z.array(log).optional() });

type Vertex = z.output<typeof vertex>;

/** A RUN, COPY or other instruction, as BuildKit names it: `[build 2/5] RUN npm ci`. */
const instruction = /^\[(?!internal\b)[^\]]+\] (?!FROM )(.*)$/s;
const maxVertices = 5000;
/** Of each step: the ends of the failing one are printed once more, and kept when the pod is gone. */
const keptLines = 200;

export interface FailedStep {
  readonly step: string;
  readonly error: string;
  readonly lines: readonly string[];
}

/** Follows `buildctl --progress rawjson`. A line that is no such JSON is kept as what buildctl itself says. */
export class BuildProgress {
  private readonly vertices = new Map<string, Vertex>();
  private readonly tails = new Map<string, Tail>();
  private readonly says: string[] = [];
  private readonly say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  line(text: string): void {
    const parsed = text.startsWith('{') ? parse(text) : undefined;
    if (parsed === undefined) return this.said(text);
    for (const seen of parsed.vertexes ?? []) this.seen(seen);
    for (const { vertex, data } of parsed.logs ?? []) this.logged(vertex, Buffer.from(data, 'base64').toString('utf8'));
  }

  /** What buildctl printed beside the progress: the place in the Dockerfile, and the error. */
  get words(): readonly string[] {
    return this.says;
  }

  get steps(): { cachedSteps: number; totalSteps: number } {
    const steps = [...this.vertices.values()].filter(({ name }) => instruction.test(name));
    return { cachedSteps: steps.filter(({ cached }) => cached === true).length, totalSteps: steps.length };
  }

  /** The step that failed by itself; others are then cancelled. */
  get failed(): FailedStep | undefined {
    const candidates = [...this.vertices.values()].filter(({ error }) => error && !/context canceled/.test(error));
    const found = candidates.find(({ name }) => instruction.test(name)) ?? candidates[0];
    if (found === undefined) return undefined;
    return this.described(found);
  }

  /** The step that runs, for a build that is cut short. */
  get running(): FailedStep | undefined {
    const found = [...this.vertices.values()].findLast(({ started, completed }) => started && !completed);
    return found && this.described(found);
  }

  private described({ digest, name, error = '' }: Vertex): FailedStep {
    const step = instruction.exec(name)?.[1] ?? name;
    return { step: oneLine(step), error, lines: this.tails.get(digest)?.last() ?? [] };
  }

  private seen(next: Vertex): void {
    const before = this.vertices.get(next.digest);
    if (before === undefined && this.vertices.size >= maxVertices) return;
    this.vertices.set(next.digest, next);
    if (next.started && !before?.started) this.say(`=> ${plainLine(next.name)}`);
    if (next.completed && !before?.completed && next.cached) this.say(`=> CACHED ${plainLine(next.name)}`);
  }

  private logged(vertex: string, text: string): void {
    let tail = this.tails.get(vertex);
    if (tail === undefined) {
      if (this.tails.size >= maxVertices) return;
      tail = new Tail(keptLines, outsideOfManual());
      this.tails.set(vertex, tail);
    }
    tail.add(text);
    for (const line of text.split('\n')) if (line !== '') this.say(plainLine(line));
  }

  private said(text: string): void {
    this.says.push(plainLine(text));
    if (this.says.length > 200) this.says.shift();
  }
}

function parse(text: string): z.output<typeof message> | undefined {
  try {
    return message.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 1024);
}
