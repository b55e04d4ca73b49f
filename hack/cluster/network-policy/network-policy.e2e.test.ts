import { request } from 'undici';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { pods, services } from '../../../src/objects/core.ts';
import { type Connected, connectTo } from '../../../test/harness/connect.ts';
import { namespaces } from '../../../test/support/resources.ts';
import { until } from '../../../test/support/until.ts';
import { networkPolicies } from './kinds.ts';
import { type Addresses, cast, namespaceLabels, type PodName, podNames, podObject, ports } from './testing/cast.ts';
import { controlPort, prober } from './testing/prober.ts';
import type { Recipe } from './testing/recipes/recipe.ts';
import { recipes } from './testing/recipes.ts';

/** Namespaces of the cast on the real cluster. */
const real = (namespace: string) => `np-${namespace}`;
const node = inject('node');
const registryPort = Number(node.registry.split(':')[1]);

let api: Connected;
let addresses: Addresses;

beforeAll(async () => {
  api = await connectTo(node.kubeconfig);
  for (const [name, labels] of Object.entries(namespaceLabels)) {
    await api.client.create(namespaces, { metadata: { name: real(name), labels } });
  }
  await Promise.all(podNames.map((name) => api.client.create(pods, podOf(name))));
  const entries = await Promise.all(podNames.map(async (name) => [name, await addressOf(name)] as const));
  addresses = { ...(Object.fromEntries(entries) as Record<PodName, string>), node: node.address };
  await Promise.all(podNames.map((name) => until(() => answers(name), { deadlineMs: 30_000 })));
});

afterAll(async () => {
  for (const name of Object.keys(namespaceLabels)) await api.client.delete(namespaces, { name: real(name) });
  await api.close();
});

it.each(recipes)('$name', async ({ policies, allowed, refused }) => {
  await withPolicies(policies(addresses), async () => {
    const passed = async () => {
      const tried = await Promise.all([...allowed, ...refused].map(async (one) => ((await tries(one)) ? [one] : [])));
      return tried.flat();
    };

    await expect.poll(passed, { timeout: 15_000, interval: 50 }).toEqual(allowed);
  });
});

it('judges what goes to a Service by the pod that gets it, lets a pod reach itself that way, and shuts link-local addresses', async () => {
  const [from, own] = ['shop/client', 'shop/db'] as const;
  const service = await api.client.create(services, {
    metadata: { namespace: real('shop'), name: 'db' },
    spec: { selector: { app: 'db' }, ports: [{ port: 80, targetPort: 8081 }] },
  });
  const address = service.spec?.clusterIP ?? '';
  const linkLocal = (await ask(own, '/link-local')).split(' ');
  const both = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
  const client = { podSelector: { matchLabels: { app: 'client' } } };
  const wanted = {
    ...both,
    ingress: [{ from: [client], ports: [{ port: 8081 }] }],
    egress: [{ to: [{ podSelector: { matchLabels: { app: 'db' } } }] }],
  };

  await withPolicies([['shop', wanted]], async () => {
    const seen = () =>
      Promise.all([
        connects(from, address, 80),
        connects(own, address, 80),
        connects('shop/web', address, 80),
        ...linkLocal.map((one) => connects(from, `${one}%eth0`, 8081)),
      ]);

    await expect
      .poll(seen, { timeout: 15_000, interval: 50 })
      .toEqual(['yes', 'yes', 'no', ...linkLocal.map(() => 'no')]);
  });
});

async function withPolicies(specs: ReturnType<Recipe['policies']>, work: () => Promise<void>): Promise<void> {
  const made = specs.map(([namespace, spec], at) => ({
    metadata: { namespace: real(namespace), name: `policy-${at}` },
    spec,
  }));
  await Promise.all(made.map((policy) => api.client.create(networkPolicies, policy)));
  try {
    await work();
  } finally {
    await Promise.all(made.map(({ metadata }) => api.client.delete(networkPolicies, metadata)));
  }
}

function podOf(name: PodName) {
  const { metadata, spec } = podObject(name);
  const [main] = spec.containers;
  const container = { ...main, name: 'main', image: 'node:24-slim', command: ['node', '-e', prober(ports)] };
  return {
    metadata: { ...metadata, namespace: real(metadata.namespace), labels: { ...cast[name] } },
    spec: { terminationGracePeriodSeconds: 0, containers: [container] },
  };
}

async function addressOf(name: PodName): Promise<string> {
  const [namespace = '', pod = ''] = name.split('/');
  let address: string | undefined;
  await until(
    async () => {
      const found = await api.client.get(pods, { namespace: real(namespace), name: pod });
      address = found.status?.podIP;
      return address !== undefined;
    },
    { deadlineMs: 60_000 },
  );
  return address ?? '';
}

/** Every question comes from the node, which always reaches its pods. */
async function ask(name: PodName, path: string): Promise<string> {
  const { body } = await request(`http://${addresses[name]}:${controlPort}${path}`);
  return body.text();
}

function answers(name: PodName): Promise<boolean> {
  return ask(name, '/link-local').then(
    () => true,
    () => false,
  );
}

function connects(from: PodName, host: string, port: number): Promise<string> {
  return ask(from, `/connect?host=${encodeURIComponent(host)}&port=${port}`);
}

async function tries(connection: string): Promise<boolean> {
  const [, from = '', to = '', port = ''] = /^(\S+) > (\S+):(\S+)$/.exec(connection) ?? [];
  const target = addresses[to as PodName];
  return (await connects(from as PodName, target, port === 'registry' ? registryPort : Number(port))) === 'yes';
}
