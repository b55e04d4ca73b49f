import { writeFileSync } from 'node:fs';
import type { StepResult } from './result.ts';

/** The kubelet reads no more; half of a JSON text would be nothing. */
const maxBytes = 4096;

/** A plain write: the file is a mount of its own, so nothing can be renamed onto it. */
export function writeResult(file: string, result: StepResult): void {
  writeFileSync(file, encodeResult(result));
}

/** The result in at most 4,096 bytes: the oldest lines go first, then the long texts are cut. */
export function encodeResult(result: StepResult): string {
  let shortened = result;
  for (let text = JSON.stringify(shortened); ; text = JSON.stringify(shortened)) {
    if (Buffer.byteLength(text) <= maxBytes || shortened.ok) return text;
    shortened = shorter(shortened);
  }
}

function shorter(result: Extract<StepResult, { ok: false }>): StepResult {
  const { lines = [], step, ...rest } = result;
  if (lines.length > 1) return { ...result, lines: lines.slice(1) };
  const cut = { ...rest, message: rest.message.slice(0, 300), ...(step && { step: step.slice(0, 200) }) };
  return { ...cut, lines: lines.map((line) => line.slice(0, 100)) };
}
