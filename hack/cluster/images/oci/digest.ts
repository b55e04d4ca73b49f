import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** A pass-through stream that knows the digest and length of what went through it. */
export class Digester extends Transform {
  private readonly hash = createHash('sha256');
  private passed = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.hash.update(chunk);
    this.passed += chunk.length;
    done(null, chunk);
  }

  /** Bytes that went through so far. */
  get size(): number {
    return this.passed;
  }

  /** To be called once, after the stream has ended. */
  digest(): string {
    return `sha256:${this.hash.digest('hex')}`;
  }
}

export async function digestOfFile(file: string): Promise<{ digest: string; size: number }> {
  const digester = new Digester();
  await pipeline(createReadStream(file), digester.resume());
  return { digest: digester.digest(), size: digester.size };
}
