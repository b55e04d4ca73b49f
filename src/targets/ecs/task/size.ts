import { amountOf } from '../../../crds/fields/quantities.ts';
import { TargetError } from '../../target.ts';

/** As a task definition writes it: 1024 units a CPU, memory in MiB. */
export interface TaskSize {
  readonly cpu: number;
  readonly memory: number;
}

const gib = 1024;
const range = (from: number, to: number, step: number) =>
  Array.from({ length: (to - from) / step + 1 }, (_, at) => (from + at * step) * gib);

/** Every size that Fargate has, smallest first. */
const sizes: readonly { cpu: number; memories: readonly number[] }[] = [
  { cpu: 256, memories: [512, gib, 2 * gib] },
  { cpu: 512, memories: range(1, 4, 1) },
  { cpu: 1024, memories: range(2, 8, 1) },
  { cpu: 2048, memories: range(4, 16, 1) },
  { cpu: 4096, memories: range(8, 30, 1) },
  { cpu: 8192, memories: range(16, 60, 4) },
  { cpu: 16_384, memories: range(32, 120, 8) },
];

/** The smallest size that holds both. Fargate has steps, so that is most often more than was asked for. */
export function fargateSize(cpu: number | string, memory: number | string): TaskSize {
  const wanted = { cpu: amountOf(cpu) * 1024, memory: amountOf(memory) / 2 ** 20 };
  for (const size of sizes.filter((size) => size.cpu >= wanted.cpu)) {
    const fits = size.memories.find((memory) => memory >= wanted.memory);
    if (fits !== undefined) return { cpu: size.cpu, memory: fits };
  }
  throw new TargetError(
    'Unsupported',
    `Fargate has no task with cpu ${cpu} and memory ${memory}; use at most cpu 16 and memory 120Gi, or deploy to a cluster.`,
  );
}

export function sizeHint(cpu: number | string, memory: number | string, size: TaskSize): string | undefined {
  const same = amountOf(cpu) * 1024 === size.cpu && amountOf(memory) / 2 ** 20 === size.memory;
  return same
    ? undefined
    : `Fargate runs each replica with cpu ${size.cpu / 1024} and memory ${size.memory}Mi, its next size above cpu ${cpu} and memory ${memory}.`;
}
