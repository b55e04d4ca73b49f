import { isDeepStrictEqual } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startApiServer } from '../../../hack/cluster/api-server.ts';
import { readCluster } from '../../../hack/cluster/bare/cluster.ts';
import { markOf, processesOf, stopAll } from '../../../hack/cluster/bare/supervisor.ts';
import { pathsOf } from '../../../hack/cluster/paths.ts';
import { liveInformers, valuesOf } from '../../../test/support/live-informer.ts';
import { configMaps } from '../../../test/support/resources.ts';
import { until } from '../../../test/support/until.ts';
import type { SharedInformer } from './shared-informer.ts';

it('goes on where it stood when the API server is restarted, without a change for what is the same', async () => {
  const name = `restart-${process.pid}`;
  const server = await startApiServer({ name });
  onTestFinished(() => server.stop());
  const live = await liveInformers({ kubeconfig: server.kubeconfig });
  await live.put('a', '1');
  const informer = live.cache.informer(configMaps, { namespace: live.namespace });
  await informer.waitForSync();
  const seen: string[] = [];
  const note = ({ metadata }: { metadata: { name: string } }) => void seen.push(metadata.name);
  informer.addHandler({ onAdd: note, onUpdate: note, onDelete: note });
  const { stats } = informer as SharedInformer<never>;

  await stopApiServer(name);
  await until(() => stats.failures.NoAnswer + stats.failures.Unavailable > 0, { deadlineMs: 20_000 });
  expect(valuesOf(informer.store.list())).toEqual({ a: '1' });
  await startApiServer({ name, fresh: false });
  await live.put('b', '2');

  const values = () => valuesOf(informer.store.list());
  await until(() => isDeepStrictEqual(values(), { a: '1', b: '2' }), {
    deadlineMs: 60_000,
    describe: () => ({ values: values(), stats }),
  });
  expect(seen.filter((object) => object === 'a')).toHaveLength(1);
}, 180_000);

async function stopApiServer(name: string): Promise<void> {
  const cluster = await readCluster(pathsOf(name));
  if (!cluster) throw new Error(`no cluster ${name}`);
  const mark = markOf(cluster, 'kube-apiserver');
  await stopAll((await processesOf(cluster)).filter((process) => process.mark === mark));
}
