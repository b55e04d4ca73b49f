import { expect, it } from 'vitest';
import { reasonPattern } from '../fields/names.ts';
import { buildReasons } from './build.ts';
import type { ReasonEntry } from './entry.ts';
import { reasonEntry, reasons } from './reasons.ts';
import { rolloutReasons } from './rollout.ts';
import { sourceReasons } from './source.ts';
import { targetReasons } from './target.ts';
import { workloadReasons } from './workload.ts';

const entries: [string, ReasonEntry][] = Object.entries(reasons);

it.each(entries)(
  '%s is a word that a condition takes, with a cause and a remedy in sentences',
  (name, { cause, remedy }) => {
    expect(name).toMatch(new RegExp(reasonPattern.pattern, 'u'));
    expect(cause).toMatch(/^[A-Z].*[.]$/);
    expect(remedy).toMatch(/^[A-Z].*[.]$/);
  },
);

it('has each reason in one part of the table only', () => {
  const parts = [sourceReasons, buildReasons, rolloutReasons, workloadReasons, targetReasons];

  expect(parts.flatMap((part) => Object.keys(part))).toHaveLength(entries.length);
});

it('does not take a property of every object for a reason', () => {
  expect(reasonEntry('constructor')).toBeUndefined();
});
