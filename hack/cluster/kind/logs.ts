import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../lib/run.ts';
import type { DriverContext, LogRequest } from '../driver.ts';
import { dataPlane } from './data-plane.ts';
import { nodeName, registryName } from './names.ts';
import { type KindRecord, readRecord } from './record.ts';

/** Parts that systemd runs inside the node; the control plane's are pods. */
const units = new Set(['kubelet', 'containerd']);

export async function logs({ paths, report }: DriverContext, request: LogRequest): Promise<void> {
  const record = await readRecord(paths);
  if (!record) throw new Error('there is no kind cluster made from here: run "up" first');
  if (request.component !== undefined) {
    const command = commandFor(record, request.component, request.follow);
    return print(command, { kubeconfig: paths.kubeconfig, say: (line) => report.say(line), signal: request.signal });
  }
  if (request.follow) throw new Error('name a component to follow, e.g. kubelet, kube-apiserver, gateway');
  const folder = join(paths.state, 'logs');
  await run('kind', ['export', 'logs', folder, '--name', record.cluster], { timeoutMs: 300_000 });
  report.say(`logs of every part are in ${folder}`);
}

type Command = [program: string, ...args: string[]];

/** How the log of one part is read. */
function commandFor({ cluster }: KindRecord, component: string, follow: boolean): Command {
  const following = follow ? ['--follow'] : [];
  if (component === 'registry') return ['docker', 'logs', ...following, registryName(cluster)];
  if (units.has(component)) {
    return ['docker', 'exec', nodeName(cluster), 'journalctl', '--no-pager', '--unit', component, ...following];
  }
  if (component === 'gateway') {
    return ['kubectl', '--namespace', dataPlane.namespace, 'logs', `deployment/${dataPlane.name}`, ...following];
  }
  return [
    'kubectl',
    '--namespace',
    'kube-system',
    'logs',
    '--selector',
    `component=${component}`,
    '--tail=-1',
    ...following,
  ];
}

interface Printing {
  kubeconfig: string;
  say: (line: string) => void;
  signal: AbortSignal;
}

function print([program, ...args]: Command, { kubeconfig, say, signal }: Printing): Promise<void> {
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const child = spawn(program, args, { env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', say);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => (signal.aborted ? resolve() : reject(error)));
    child.on('close', (code) => {
      if (code === 0 || signal.aborted) return resolve();
      reject(new Error(`"${program} ${args.join(' ')}" ended with ${code}`));
    });
  });
}
