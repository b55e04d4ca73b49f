import { expect, it } from 'vitest';
import { fc } from '../../../../test/support/properties.ts';
import { plainLine } from '../program/lines.ts';
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

const lastOf = (lines: readonly string[]) => plainLine(lines.at(-1) ?? '');

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
      expect(decoded?.ok === false && lastOf(texts.lines).startsWith(decoded.lines?.at(-1) ?? '-')).toBe(true);
    }),
  );
});

it.each(['', '{', '[]', '{"ok": true}', '{"ok":true,"stage":"Push","seconds":1,"digest":"sha256:x"}'])(
  'does not believe %s',
  (message) => {
    expect(parseResult(message)).toBeUndefined();
  },
);

it('shows nothing that paints a terminal, although the step let it through', () => {
  const evil = '\u001b]0;evil\u0007a\u202eb\nc';

  expect(parseResult(JSON.stringify({ ...failed, message: evil, step: evil, lines: [evil] }))).toMatchObject({
    message: 'ab c',
    step: 'ab c',
    lines: ['ab c'],
  });
});
