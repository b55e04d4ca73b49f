import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/seams/system.ts';
import { type Bench, runBench } from './lib/bench.ts';
import { line, table } from './lib/table.ts';

/** `npm run bench -- NAME [--quick] [--rows 1,3] [--runs N] [--json FILE]`. Exit code 1 when a bar is not met, 2 when the call is wrong. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      rows: { type: 'string' },
      runs: { type: 'string' },
    },
  });
  const [name = ''] = positionals;
  if (!names().includes(name)) {
    console.error(
      `npm run bench -- NAME [--quick] [--rows 1,3] [--runs N] [--json FILE]\nNAME is one of: ${names().join(', ')}`,
    );
    return 2;
  }
  const { bench } = (await import(`./${name}/bench.ts`)) as { bench: Bench };
  const wanted = values.rows?.split(',').map(Number);
  const rows = bench.rows.filter(({ number }) => wanted?.includes(number) ?? true);
  const results = await runBench(
    { ...bench, rows, ...(values.runs && { runs: Number(values.runs) }) },
    { clock: systemClock, quick: values.quick },
    (result) => console.error(line(result)),
  );
  console.log(table(bench.peer, results));
  if (values.quick) console.log('Quick run: it shows that the benchmark works; judge by a full one.');
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ bench: name, peer: bench.peer, results }, null, 2)}\n`);
  return results.every(({ met }) => met) ? 0 : 1;
}

function names(): string[] {
  return readdirSync(import.meta.dirname).filter((entry) => existsSync(`${import.meta.dirname}/${entry}/bench.ts`));
}

// Without this a signal ends us before what we started is ended with us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();
