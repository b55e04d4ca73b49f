import { LineSplitter } from '../../src/kube/reflector/lines.ts';
import { readEvent } from '../../src/kube/reflector/watch-event.ts';
import type { Clock } from '../../src/seams/clock.ts';
import type { Bench, RunInfo, Sample } from '../lib/bench.ts';
import { podLines } from './pods.ts';

const chunkBytes = 64 * 1024;
const maxLineBytes = 16 * 1024 * 1024;

/** How long a watch takes to turn bytes into objects, against the obvious way. Needs no server. */
export const bench: Bench = {
  name: 'decode',
  peer: 'JSON.parse of the whole line, then dropping managedFields',
  rows: [
    {
      number: 1,
      work: 'a pod of 6 KB from the bytes of a watch to the object that is stored',
      unit: 'µs',
      bar: { of: 'ours', atMost: 20 },
      measure: (run) => compare(run, decodeAll),
    },
    {
      number: 2,
      work: 'a pod of 6 KB that the store has in this version already',
      unit: 'µs',
      bar: { of: 'ours', atMost: 8 },
      measure: (run) => compare(run, peekAll),
    },
  ],
};

async function compare({ clock, quick }: RunInfo, ours: (stream: Buffer) => unknown): Promise<Sample> {
  const count = quick ? 500 : 5000;
  const stream = Buffer.concat(podLines(count));
  ours(stream);
  parseAll(stream);
  return { ours: timed(clock, () => ours(stream)) / count, peer: timed(clock, () => parseAll(stream)) / count };
}

function timed(clock: Clock, work: () => unknown): number {
  const began = clock.monotonic();
  work();
  return (clock.monotonic() - began) * 1000;
}

function decodeAll(stream: Buffer): unknown[] {
  return linesOf(stream).map((line) => {
    const event = readEvent(line);
    return 'raw' in event ? event.raw.parse() : undefined;
  });
}

function peekAll(stream: Buffer): unknown[] {
  return linesOf(stream).map((line) => {
    const event = readEvent(line);
    return 'raw' in event ? event.raw.version : undefined;
  });
}

function parseAll(stream: Buffer): unknown[] {
  return linesOf(stream).map((line) => {
    const { object } = JSON.parse(line.toString()) as { object: { metadata: { managedFields?: unknown } } };
    object.metadata.managedFields = undefined;
    return object;
  });
}

function linesOf(stream: Buffer): Buffer[] {
  const lines = new LineSplitter(maxLineBytes);
  const chunks = Array.from({ length: Math.ceil(stream.length / chunkBytes) }, (_, i) =>
    stream.subarray(i * chunkBytes, (i + 1) * chunkBytes),
  );
  return chunks.flatMap((chunk) => Array.from(lines.push(chunk)));
}
