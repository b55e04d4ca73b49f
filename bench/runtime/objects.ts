import type { Client } from '../../src/kube/client/client.ts';
import type { KubeObject } from '../../src/kube/object/object.ts';
import type { Resource } from '../../src/kube/object/resource.ts';
import { forEachIndex } from './server.ts';
import { namespace, type Widget, widget, widgets } from './widgets.ts';

interface Workload extends KubeObject {
  spec: object;
}

const deployments: Resource<Workload> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
const replicaSets: Resource<Workload> = { ...deployments, kind: 'ReplicaSet', plural: 'replicasets' };

/** Widgets 0 to `count - 1`; each side then has the same status to write. */
export function createWidgets(client: Client, count: number, bytes: number): Promise<void> {
  return forEachIndex(count, (index) => client.create(widgets, widget(index, bytes)));
}

/** A new generation of each, so that the status is out of date again. */
export function touchWidgets(client: Client, count: number, round: number): Promise<void> {
  return forEachIndex(count, (index) => touchWidget(client, index, round));
}

export function touchWidget(client: Client, index: number, round: number, place: string = namespace): Promise<Widget> {
  const key = { namespace: place, name: `widget-${index}` };
  return client.patch(widgets, key, { spec: { round } }, { type: 'merge' });
}

/** Exactly `count` widgets of `bytes` in each of `into`; makes them anew only when there are others. */
export async function holdWidgets(
  client: Client,
  count: number,
  bytes: number,
  into: readonly string[] = [namespace],
): Promise<void> {
  const { items } = await client.list(widgets);
  const lines = Object.keys(widget(0, bytes).spec.payload ?? {}).length;
  const right = ({ metadata, spec }: Widget) =>
    into.includes(metadata.namespace ?? '') && Object.keys(spec.payload ?? {}).length === lines;
  if (items.length === count * into.length && items.every(right)) return;
  await forEachIndex(items.length, async (index) => {
    const item = items[index];
    if (item !== undefined) await client.delete(widgets, item.metadata);
  });
  for (const place of into) await forEachIndex(count, (index) => client.create(widgets, widget(index, bytes, place)));
}

/** Writes every status, so that a controller finds nothing to do. */
export async function settleWidgets(client: Client): Promise<void> {
  const { items } = await client.list(widgets);
  await forEachIndex(items.length, async (index) => {
    const item = items[index];
    if (item === undefined || item.status?.observedGeneration === item.metadata.generation) return;
    const status = { observedGeneration: item.metadata.generation ?? 0, phase: 'Done' };
    await client.updateStatus(widgets, { ...item, status });
  });
}

/** Deployments that run nothing, each with two ReplicaSets, as after two releases. */
export async function createFamilies(client: Client, count: number): Promise<void> {
  await forEachIndex(count, async (index) => {
    const parent = await client.create(deployments, {
      ...workload(`app-${index}`),
      spec: spec(index, { paused: true }),
    });
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: parent.metadata.name, uid: parent.metadata.uid };
    for (const revision of [1, 2]) {
      const child = workload(`app-${index}-${revision}`);
      child.metadata.ownerReferences = [{ ...owner, controller: true, blockOwnerDeletion: true }];
      await client.create(replicaSets, { ...child, spec: spec(index) });
    }
  });
}

function workload(name: string): KubeObject {
  return { metadata: { name, namespace, labels: { app: name, team: 'bench' } } };
}

function spec(index: number, more: object = {}): object {
  const labels = { app: `app-${index}`, team: 'bench' };
  const env = Array.from({ length: 12 }, (_, key) => ({ name: `SETTING_${key}`, value: `value of setting ${key}` }));
  const container = { name: 'app', image: 'registry.example.com/acme/app:1', env, ports: [{ containerPort: 8080 }] };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  return { replicas: 0, selector: { matchLabels: labels }, template, ...more };
}
