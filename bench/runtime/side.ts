import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Clock } from '../../src/seams/clock.ts';

/** One of the two programs that are compared. Both take the same flags and print the same JSON lines. */
export interface Program {
  command: string;
  args: readonly string[];
  /** In addition to our own environment. */
  env?: Readonly<Record<string, string>>;
  userAgent: string;
}

export interface SideOptions {
  clock: Clock;
  kubeconfig: string;
  work: 'widgets' | 'children';
  /** Reconciles after which the program says `done`. */
  expect: number;
  /** Watch only this namespace. Default: all. */
  namespace?: string;
}

interface Word {
  event: string;
  /** Milliseconds since the process was started. */
  ms: number;
  mebibytes?: number;
}

const deadlineMs = 300_000;

/** A running program under measurement. */
export class Side {
  /** Since the process was started, as this process saw it: includes the start of the runtime itself. */
  private readonly startedAt: number;
  private readonly clock: Clock;
  private readonly child: ChildProcess;
  private readonly events = new Map<string, number>();
  private readonly waiting = new Map<string, (word: Word) => void>();
  private readonly ended: Promise<void>;
  private complaint = '';

  constructor({ command, args, env }: Program, { clock, kubeconfig, work, expect, namespace = '' }: SideOptions) {
    this.clock = clock;
    this.startedAt = clock.monotonic();
    const flags = ['--kubeconfig', kubeconfig, '--work', work, '--expect', String(expect), '--namespace', namespace];
    this.child = spawn(command, [...args, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.child.stderr?.on(
      'data',
      (chunk: Buffer) => (this.complaint = (this.complaint + chunk.toString()).slice(-2000)),
    );
    if (this.child.stdout) createInterface(this.child.stdout).on('line', (text) => this.onLine(text));
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()));
  }

  /** Milliseconds from the start of the process until it said `event`. */
  async reached(event: string): Promise<number> {
    return this.events.get(event) ?? (await this.next(event)).ms;
  }

  /**
   * What is kept alive, in MiB: the heap after a full collection. Only our side can say, and resident memory goes
   * another way afterwards.
   */
  async liveHeap(): Promise<number> {
    const word = this.next('heap');
    this.child.kill('SIGUSR2');
    return (await word).mebibytes ?? Number.NaN;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.child.spawnfile} could not be started`);
    return this.child.pid;
  }

  /** Resident memory in MiB. */
  rss(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  /** Processor time used so far, in milliseconds; the kernel counts in steps of 10. */
  cpuMs(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }

  private next(event: string): Promise<Word> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        reject(new Error(`${this.child.spawnfile} never said ${event}: ${why}\n${this.complaint}`));
      const timer = this.clock.setTimeout(() => fail(`no word in ${deadlineMs / 1000} s`), deadlineMs);
      this.waiting.set(event, (word) => {
        this.clock.clearTimeout(timer);
        resolve(word);
      });
      this.child.once('close', () => {
        this.clock.clearTimeout(timer);
        fail('it ended');
      });
    });
  }

  private onLine(text: string): void {
    const said = JSON.parse(text) as Pick<Word, 'event' | 'mebibytes'>;
    const word = { ...said, ms: this.clock.monotonic() - this.startedAt };
    this.events.set(word.event, word.ms);
    this.waiting.get(word.event)?.(word);
  }
}
