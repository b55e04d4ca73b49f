import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseResult, type StepResult } from './result.ts';
import { encodeResult } from './write-result.ts';

const failed: StepResult = {
  ok: false,
  stage: 'Build',
  seconds: 1.5,
  reason: 'BuildCommandFailed',
  message: 'RUN npm ci: ended with exit code 1',
  step: 'RUN npm ci',
  exitCode: 1,
  lines: ['a', 'b'],
};

it('comes back as it was written', () => {
  expect(parseResult(encodeResult(failed))).toEqual(failed);
});

it('fits into a termination message and keeps the last line, whatever is in it', () => {
  const text = (maxLength: number) =>
    fc.string({ unit: 'grapheme-composite', maxLength }).map((s) => s.slice(0, maxLength));
  const long = fc.record({
    message: text(1024),
    step: text(1024),
    lines: fc.array(text(512), { minLength: 1, maxLength: 20 }),
  });
  fc.assert(
    fc.property(long, (texts) => {
      const encoded = encodeResult({ ...failed, ...texts });
      const decoded = parseResult(encoded);
      expect(Buffer.byteLength(encoded)).toBeLessThanOrEqual(4096);
      expect(decoded?.ok).toBe(false);
      expect(decoded?.ok === false && texts.lines.at(-1)?.startsWith(decoded.lines?.at(-1) ?? '-')).toBe(true);
    }),
  );
});

it.each(['', '{', '[]', '{"ok": true}', '{"ok":true,"stage":"Push","seconds":1,"digest":"sha256:x"}'])(
  'does not believe %s',
  (message) => {
    expect(parseResult(message)).toBeUndefined();
  },
);
