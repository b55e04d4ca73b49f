import { UndecodableError } from './undecodable.ts';

const newline = 10;

/**
 * Cuts a stream of chunks into lines. It works on bytes, so a character that was split between two chunks is whole again
 * before anyone decodes it. The part of a line that is still open is kept as a list and joined once: joining at every
 * chunk would cost the square of its length.
 */
export class LineSplitter {
  private readonly limit: number;
  private open: Buffer[] = [];
  private openBytes = 0;

  /** `limit` bounds the memory that one endless line can take. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** The lines that `chunk` completes, without their newline. Empty lines are left out. */
  *push(chunk: Buffer): Generator<Buffer, void, undefined> {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = this.close(chunk.subarray(start, end));
      start = end + 1;
      if (line.length > 0) yield line;
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
  }

  private close(last: Buffer): Buffer {
    if (this.open.length === 0) return last;
    this.keep(last);
    const line = Buffer.concat(this.open, this.openBytes);
    this.open = [];
    this.openBytes = 0;
    return line;
  }

  private keep(part: Buffer): void {
    this.openBytes += part.length;
    if (this.openBytes > this.limit) throw new UndecodableError(`a line of more than ${this.limit} bytes`);
    this.open.push(part);
  }
}
