/** Hands out a stream in pieces of the asked size. Holds at most one such piece and one chunk, and copies each byte once. */
export class ByteReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private held: Uint8Array[] = [];
  private size = 0;

  constructor(body: AsyncIterable<Uint8Array>) {
    this.chunks = body[Symbol.asyncIterator]();
  }

  /** Exactly `count` bytes; fewer only at the end of the stream. */
  async take(count: number): Promise<Buffer> {
    while (this.size < count) {
      const next = await this.chunks.next();
      if (next.done === true) break;
      this.held.push(next.value);
      this.size += next.value.length;
    }
    const [first = new Uint8Array()] = this.held;
    const all =
      this.held.length > 1 ? Buffer.concat(this.held) : Buffer.from(first.buffer, first.byteOffset, first.length);
    const rest = all.subarray(count);
    this.held = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
    return all.subarray(0, count);
  }
}
