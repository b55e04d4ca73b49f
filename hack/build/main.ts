import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bundle } from './bundle.ts';

/** Every program of ours, each in a folder of its own. */
const programs = [
  { entry: 'src/main.ts', outfile: 'dist/vish/vish.js' },
  { entry: 'src/step.ts', outfile: 'dist/step/step.js' },
];

for (const program of programs) {
  await rm(dirname(program.outfile), { recursive: true, force: true }); // chunks of earlier builds
  const { bytes, warnings } = await bundle(program);
  for (const warning of warnings) console.error(`${program.entry}: ${warning}`);
  console.log(`${program.outfile}: ${(bytes / 1024).toFixed(0)} KiB, with what lies beside it`);
}
