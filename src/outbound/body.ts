import type { Readable } from 'node:stream';
import { pipeline, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { OutboundCode } from './errors.ts';
import { Fault } from './errors.ts';
import type { Limits } from './options.ts';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

interface Encoded {
  readonly source: Readable;
  /** The content-encoding header; undefined when there is none or the answer has no body. */
  readonly encoding: string | undefined;
  readonly limits: Limits;
  readonly onChunk: () => void;
}

/** The answer, decompressed, and cut off with an error as soon as it is larger than allowed on either side. */
export function decoded({ source, encoding, limits, onChunk }: Encoded): Readable {
  const sent = cap(limits.maxBytes, 'BodyTooLarge', onChunk);
  const decoder = decoderFor(encoding);
  const ignore = () => undefined;
  if (!decoder) return guarded(pipeline(source, sent, ignore));
  return guarded(pipeline(source, sent, decoder, cap(limits.maxDecodedBytes, 'DecodedBodyTooLarge'), ignore));
}

/** Refuses lists of encodings: nobody needs them, and each step multiplies the work. */
function decoderFor(encoding: string | undefined): Transform | undefined {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return undefined;
  const create = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  if (!create) throw new Fault('EncodingRefused');
  return create();
}

function cap(max: number, code: OutboundCode, onChunk?: () => void): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      onChunk?.();
      seen += chunk.length;
      if (seen > max) done(new Fault(code, `more than ${max} bytes`));
      else done(null, chunk);
    },
  });
}

/** A stream that nobody reads must not end the process with its error. */
function guarded(stream: Readable): Readable {
  return stream.on('error', () => undefined);
}

export async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
