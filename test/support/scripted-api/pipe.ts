/** A body that a test writes and a client reads: chunks wait until they are taken, an abort ends it at once. */
export class Pipe implements AsyncIterable<Buffer> {
  private readonly chunks: Buffer[] = [];
  private wake = Promise.withResolvers<void>();
  private ended: { error?: Error } | undefined;

  constructor(signal?: AbortSignal) {
    signal?.addEventListener('abort', () => this.fail(signal.reason as Error), { once: true });
    if (signal?.aborted) this.fail(signal.reason as Error);
  }

  get open(): boolean {
    return this.ended === undefined;
  }

  write(text: string | Buffer): void {
    if (this.open) this.chunks.push(Buffer.from(text));
    this.wake.resolve();
  }

  end(): void {
    this.ended ??= {};
    this.wake.resolve();
  }

  fail(error: Error): void {
    this.ended ??= { error };
    this.wake.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (;;) {
        const chunk = this.chunks.shift();
        if (chunk !== undefined) yield chunk;
        else if (this.ended?.error !== undefined) throw this.ended.error;
        else if (this.ended !== undefined) return;
        else {
          await this.wake.promise;
          this.wake = Promise.withResolvers<void>();
        }
      }
    } finally {
      this.end();
    }
  }
}
