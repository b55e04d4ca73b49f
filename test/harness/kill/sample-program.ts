import { isKubeError } from '../../../src/kube/errors/errors.ts';
import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { configMaps } from '../../support/resources.ts';
import { connectTo } from '../connect.ts';

/**
 * An operator for the tests of the kill plans: for the config map `wanted` it makes two others and then says that it is
 * done. `orphan` gives one of them a name by chance and notes it afterwards, `list` does so too but looks for it in a list
 * first, `edge` goes on only with what it began itself.
 */
const [kubeconfig = '', namespace = '', fault = 'none'] = process.argv.slice(2);
const { client } = await connectTo(kubeconfig);
let made = false;

console.log('ready');
for (;;) {
  await reconcile().catch((error: unknown) => console.error(String(error)));
  await sleep(systemClock, 20);
}

async function reconcile(): Promise<void> {
  const wanted = await find('wanted');
  if (wanted === undefined || wanted.data?.['done'] === 'yes') return;
  if ((await find('first')) === undefined) await client.create(configMaps, { metadata: { namespace, name: 'first' } });
  if (wanted.data?.['second'] === undefined) await note({ second: await makeSecond() });
  if (fault === 'edge' && !made) return;
  await note({ done: 'yes' });
}

async function makeSecond(): Promise<string> {
  made = true;
  const known = fault === 'list' ? await listed('second-') : (await find('second'))?.metadata.name;
  if (known !== undefined) return known;
  const isByChance = fault === 'orphan' || fault === 'list';
  const metadata = isByChance ? { namespace, generateName: 'second-' } : { namespace, name: 'second' };
  return (await client.create(configMaps, { metadata })).metadata.name;
}

async function listed(prefix: string): Promise<string | undefined> {
  const { items } = await client.list(configMaps, { namespace });
  return items.map(({ metadata }) => metadata.name).find((name) => name.startsWith(prefix));
}

function note(data: Record<string, string>) {
  return client.patch(configMaps, { namespace, name: 'wanted' }, { data }, { type: 'merge' });
}

async function find(name: string) {
  return client.get(configMaps, { namespace, name }).catch((error: unknown) => {
    if (isKubeError(error, 'NotFound')) return undefined;
    throw error;
  });
}
