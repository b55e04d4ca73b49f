import type { Bench } from '../lib/bench.ts';
import { buildPrograms } from './programs.ts';
import { type Rig, runtimeRows } from './rows.ts';
import { startServer } from './server.ts';

let rig: Rig | undefined;

function ready(): Rig {
  if (rig === undefined) throw new Error('the rows were measured before setUp');
  return rig;
}

/** The runtime (src/kube) against controller-runtime, same work on the same server in the same run. */
export const bench: Bench = {
  name: 'runtime',
  peer: 'controller-runtime 0.25.2 (bench/runtime/twin)',
  rows: runtimeRows(ready),
  async setUp({ clock }) {
    const programs = await buildPrograms();
    const server = await startServer(clock);
    rig = { server, ...programs };
    return () => server.stop();
  },
};
