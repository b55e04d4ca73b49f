import { describe, expect, it } from 'vitest';
import type { World } from './kinds.ts';
import { ruleScript, setScript } from './render.ts';
import { rulesetOf } from './rules.ts';
import { type Addresses, namespaceLabels, type PodName, podNames, podObject } from './testing/cast.ts';
import { kernelModel, type Packet } from './testing/packet-model.ts';
import type { Connection } from './testing/recipes/recipe.ts';
import { recipes } from './testing/recipes.ts';

const addresses = Object.fromEntries([
  ...podNames.map((name, at) => [name, `10.244.0.${11 + at}`]),
  ['node', '10.244.0.1'],
]) as Addresses;

describe('the table of recipes', () => {
  it.each(recipes)('$name', ({ policies, allowed, refused }) => {
    const { passes } = modelOf(worldOf(policies(addresses)));

    expect([...allowed, ...refused].filter((connection) => passes(packetOf(connection)))).toEqual(allowed);
  });
});

const denyAll = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };

it('lets answers through, whatever the policies say by now', () => {
  const { passes } = modelOf(worldOf([['shop', denyAll]]));
  const answer = packetOf('shop/web > shop/client:8080');

  expect([passes(answer), passes({ ...answer, established: true })]).toEqual([false, true]);
});

it('tells UDP and SCTP from TCP, and a rule without a port is for its whole protocol', () => {
  const ports = [{ protocol: 'UDP', port: 53 }, { protocol: 'SCTP' }];
  const { passes } = modelOf(worldOf([['shop', { ...denyAll, egress: [{ ports }] }]]));
  const to = (protocol: Packet['protocol'], port: number) =>
    passes({ source: addresses['shop/web'], destination: '192.0.2.1', port, ...(protocol && { protocol }) });

  expect([to('udp', 53), to('tcp', 53), to('udp', 54), to('sctp', 9)]).toEqual([true, false, false, true]);
});

it('holds for every address of the world, those that are not in the cluster too', () => {
  const spec = {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16', '10.0.0.0/8'] } }] }],
  };
  const { passes } = modelOf(worldOf([['shop', spec]]));
  const to = (destination: string) => passes({ source: addresses['shop/web'], destination, port: 80 });

  expect(['1.1.1.1', '203.0.113.9', '169.254.169.254', '10.96.0.1'].map(to)).toEqual([true, true, false, false]);
});

it('selects nobody by a range of IPv6, and fails on nothing that names one', () => {
  const ingress = [{ from: [{ ipBlock: { cidr: '::/0', except: ['fd00::/8'] } }] }];
  const mixed = [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '2001:db8::/32' } }] }];

  expect(
    modelOf(worldOf([['shop', { podSelector: {}, ingress }]])).passes(packetOf('team/client > shop/web:8080')),
  ).toBe(false);
  expect(
    modelOf(worldOf([['shop', { podSelector: {}, ingress: mixed }]])).passes(packetOf('team/client > shop/web:8080')),
  ).toBe(true);
});

it('leaves pods on the network of the node alone, and addresses of pods that ended', () => {
  const world = worldOf([['shop', denyAll]]);
  const ended = { ...podObject('shop/web'), status: { phase: 'Succeeded', podIP: '10.244.0.99' } };
  const onNode = { ...podObject('shop/web'), status: { podIP: '10.244.0.1' } };
  const pods = [ended, { ...onNode, spec: { ...onNode.spec, hostNetwork: true } }] as unknown as World['pods'];
  const { passes } = modelOf({ ...world, pods });

  expect(['10.244.0.99', '10.244.0.1'].map((source) => passes({ source, destination: '10.9.9.9', port: 1 }))).toEqual([
    true,
    true,
  ]);
});

it('gives the kernel nothing to do where there are no policies', () => {
  const { sets, chains } = rulesetOf(worldOf([]));

  expect(sets).toEqual([]);
  expect(Object.values(chains).flat()).toEqual(['-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN']);
});

it('keeps within what the kernel takes as names, which follow from the content', () => {
  const world = worldOf(recipes.flatMap(({ policies }) => policies(addresses)));
  const backwards = { ...world, pods: world.pods.toReversed() };
  const { sets, chains } = rulesetOf(world);

  expect([...sets.map(({ name }) => name), ...Object.keys(chains)].filter((name) => name.length > 28)).toEqual([]);
  expect(rulesetOf(backwards).sets).toEqual(sets);
});

function worldOf(specs: ReturnType<(typeof recipes)[number]['policies']>): World {
  const pods = podNames.map((name) =>
    Object.assign(podObject(name), { status: { phase: 'Running', podIP: addresses[name] } }),
  );
  const policies = specs.map(([namespace, spec], at) => ({ metadata: { namespace, name: `policy-${at}` }, spec }));
  const namespaces = Object.entries(namespaceLabels).map(([name, labels]) => ({ metadata: { name, labels } }));
  return { pods, policies, namespaces } as unknown as World;
}

function modelOf(world: World) {
  const ruleset = rulesetOf(world);
  return kernelModel(setScript(ruleset), ruleScript(ruleset));
}

function packetOf(connection: Connection): Packet {
  const [, from = '', to = '', port = ''] = /^(\S+) > (\S+):(\S+)$/.exec(connection) ?? [];
  const place = (name: string) => addresses[name as PodName];
  return { source: place(from), destination: place(to), port: port === 'registry' ? 5000 : Number(port) };
}
