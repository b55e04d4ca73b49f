#!/usr/bin/env node
import { analyze, analyzeUsage } from './cli/analyze.ts';

/** `npx vish`: what can be done without a cluster. */
function main([command, ...args]: readonly string[]): number {
  if (command !== 'analyze') {
    console.error(`usage: ${analyzeUsage}`);
    return 2;
  }
  const { code, out, error } = analyze(args);
  if (out !== '') console.log(out);
  if (error !== undefined) console.error(error);
  return code;
}

process.exitCode = main(process.argv.slice(2));
