import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What the API server writes about one request: its own clock for both ends, so no side can flatter itself. */
export interface AuditEvent {
  verb: string;
  userAgent: string;
  resource: string;
  name: string;
  subresource: string;
  /** Microseconds since the epoch. */
  receivedAt: number;
  answeredAt: number;
}

interface RawEvent {
  verb: string;
  userAgent?: string;
  objectRef?: { resource?: string; name?: string; subresource?: string };
  requestReceivedTimestamp: string;
  stageTimestamp: string;
}

/** Reads what was appended to the audit log since the last call. */
export class AuditTail {
  private readonly file: string;
  private offset: number;

  constructor(file: string) {
    this.file = file;
    this.offset = withFile(file, (descriptor) => fstatSync(descriptor).size);
  }

  read(): AuditEvent[] {
    const text = withFile(this.file, (descriptor) => {
      const size = fstatSync(descriptor).size - this.offset;
      const buffer = Buffer.alloc(Math.max(0, size));
      readSync(descriptor, buffer, 0, buffer.length, this.offset);
      return buffer;
    });
    const complete = text.subarray(0, text.lastIndexOf(10) + 1);
    this.offset += complete.length;
    const lines = complete.toString().split('\n');
    return lines.filter((line) => line !== '').map((line) => parse(JSON.parse(line) as RawEvent));
  }
}

function parse({ verb, userAgent = '', objectRef = {}, ...times }: RawEvent): AuditEvent {
  const { resource = '', name = '', subresource = '' } = objectRef;
  const receivedAt = micros(times.requestReceivedTimestamp);
  return { verb, userAgent, resource, name, subresource, receivedAt, answeredAt: micros(times.stageTimestamp) };
}

/** Date keeps milliseconds; the log has microseconds. */
export function micros(stamp: string): number {
  const fraction = /\.(\d{1,6})/.exec(stamp)?.[1] ?? '';
  return Math.floor(Date.parse(stamp) / 1000) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}

function withFile<T>(file: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, 'r');
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
