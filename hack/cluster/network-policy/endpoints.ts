import type { World } from './kinds.ts';

/** A pod as the network sees it. */
export interface Endpoint {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly address: string;
  readonly ports: readonly NamedPort[];
}

interface NamedPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

/**
 * Pods with an address of their own. Those on the node's network are the node, to which no policy applies, and an
 * ended pod's address may be another's by now.
 */
export function endpointsOf({ pods, namespaces }: World): Endpoint[] {
  const labelsOf = new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  return pods.filter(hasAddress).map(({ metadata, spec, status }) => ({
    namespace: metadata.namespace ?? '',
    labels: metadata.labels ?? {},
    namespaceLabels: labelsOf.get(metadata.namespace ?? '') ?? {},
    address: status?.podIP ?? '',
    ports: [...(spec?.containers ?? []), ...(spec?.initContainers ?? []).filter(isSidecar)].flatMap(namedPorts),
  }));
}

type Pod = World['pods'][number];
type Container = NonNullable<Pod['spec']>['containers'][number];

function hasAddress({ spec, status }: Pod): boolean {
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return status?.podIP !== undefined && status.podIP.includes('.') && spec?.hostNetwork !== true && !ended;
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

function namedPorts({ ports = [] }: Container): NamedPort[] {
  return ports.flatMap(({ name, protocol = 'TCP', containerPort }) =>
    name === undefined ? [] : [{ name, protocol, port: containerPort }],
  );
}
