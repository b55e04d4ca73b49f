import { type Fact, fact } from '../plan/fact.ts';
import type { Source } from './sources.ts';

const port = '["\':]{0,2}(\\d{4,5})\\b';
/** Code that listens where it is told to. */
const told = /(?:\benv\.PORT\b|["']PORT["'])/;
/** Code that listens on a port of its own. */
const fixed: readonly RegExp[] = [
  new RegExp(`\\.listen\\(\\s{0,9}${port}`),
  new RegExp(`\\blisten\\(\\s{0,9}\\{[^{}]{0,60}\\bport:\\s{0,3}${port}`),
  new RegExp(`ListenAndServe\\(\\s{0,3}["']${port}`),
  new RegExp(`\\bport\\s{0,3}=\\s{0,3}${port}`),
  new RegExp(`\\bbind\\(["']0\\.0\\.0\\.0${port}`),
  new RegExp(`HTTPServer\\(\\s{0,3}\\(["'][\\d.]{0,15}["'],\\s{0,3}${port}`),
];

export const usualPort = 8080;

/** Whoever reads PORT is given the usual one; a port that is written down is taken as it is. */
export function portOf(sources: readonly Source[]): Fact<number> | undefined {
  for (const { path, text } of sources) {
    const [quote] = told.exec(text) ?? [];
    if (quote !== undefined) return fact(usualPort, path, quote);
  }
  return fixedPort(sources);
}

function fixedPort(sources: readonly Source[]): Fact<number> | undefined {
  for (const { path, text } of sources) {
    for (const pattern of fixed) {
      const [quote = '', digits = ''] = pattern.exec(text) ?? [];
      const found = Number(digits);
      if (found >= 1024 && found <= 65_535) return fact(found, path, quote);
    }
  }
  return undefined;
}
