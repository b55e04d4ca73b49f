import { bundle } from './bundle.ts';

/** Every program of ours, as one file each. */
const programs = [{ entry: 'src/main.ts', outfile: 'dist/vish.js' }];

for (const program of programs) {
  const { bytes, warnings } = await bundle(program);
  for (const warning of warnings) console.error(`${program.entry}: ${warning}`);
  console.log(`${program.outfile}: ${(bytes / 1024).toFixed(0)} KiB, source map beside it`);
}
