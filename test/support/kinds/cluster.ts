import { inject } from 'vitest';
import { crdOf } from '../../../src/crds/generate/crd.ts';
import { apiVersion, type Kind } from '../../../src/crds/kind/kind.ts';
import { kinds } from '../../../src/crds/kinds.ts';
import { until } from '../until.ts';
import { type Answer, type Api, type ApiObject, type Call, connect } from './api.ts';

export interface TestCluster extends Api {
  namespace: string;
  /** The collection of a kind in the namespace of the test file. */
  collection(kind: Kind): string;
}

/** The API server of the suite, or another one, with our kinds and a namespace for one test file. */
export async function testCluster(namespace: string, kubeconfig = inject('kubeconfig')): Promise<TestCluster> {
  const api = await connect(kubeconfig);
  await api.call({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
  await installInto(api);
  return { ...api, namespace, collection: ({ plural }) => `/apis/${apiVersion}/namespaces/${namespace}/${plural}` };
}

/** What is watched has to exist, also on a fresh cluster. */
export async function installKinds(kubeconfig: string): Promise<void> {
  const api = await connect(kubeconfig);
  try {
    await installInto(api);
  } finally {
    await api.close();
  }
}

async function installInto(api: Api): Promise<void> {
  for (const kind of kinds) await install(api, kind);
  await until(async () => (await Promise.all(kinds.map((kind) => served(api, kind)))).every(Boolean), {
    deadlineMs: 30_000,
    describe: 'the kinds are served',
  });
}

export async function removeNamespace(cluster: TestCluster): Promise<void> {
  await cluster.call({ method: 'DELETE', path: `/api/v1/namespaces/${cluster.namespace}` });
  await cluster.close();
}

/** Applies as a manager of its own, so that a repeated install changes nothing. */
async function install(api: Api, kind: Kind): Promise<void> {
  const crd = crdOf(kind);
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}?fieldManager=crds&force=true`;
  const answer = await api.call({ method: 'PATCH', path, body: crd, contentType: 'application/apply-patch+yaml' });
  if (!answer.ok) throw new Error(`${crd.metadata.name} was refused: ${answer.message}`);
}

/** Established is not enough: the first requests after it may still meet the server that knows no such kind. */
async function served(api: Api, { plural }: Kind): Promise<boolean> {
  const answer = await api.call({ method: 'GET', path: `/apis/${apiVersion}/namespaces/default/${plural}?limit=1` });
  return answer.ok;
}

/** Runs calls side by side, in the order of the list. */
export async function callAll(api: Api, calls: readonly Call[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = [...calls.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, call] = next;
      answers[index] = await api.call(call);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return answers;
}

export function objectOf(kind: Kind, name: string, spec: unknown): ApiObject {
  return { apiVersion, kind: kind.kind, metadata: { name }, spec: spec as Record<string, unknown> };
}
