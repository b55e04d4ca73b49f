import { readFileSync } from 'node:fs';

/**
 * A module for `--import`: the process sees another time of day than the machine, by the milliseconds that stand in the file
 * that VISH_SHIFT_FILE names. Monotonic time goes on as it was, as when a clock is set.
 */
const file = process.env['VISH_SHIFT_FILE'] ?? '';
const Real = Date;

const now = () => Real.now() + Number(readFileSync(file, 'utf8'));

globalThis.Date = new Proxy(Real, {
  construct: (target, given, as) => Reflect.construct(target, given.length === 0 ? [now()] : given, as) as Date,
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
});
