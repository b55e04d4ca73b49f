import type { V1LabelSelector } from '@kubernetes/client-node';
import type { KubeObject, Resource, StoredObject } from '../../../src/kube/index.ts';
import type { Pod } from '../../../src/objects/core.ts';
import { namespacedResource, type Read } from '../../../src/objects/wire.ts';

export interface PolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface Peer {
  readonly podSelector?: V1LabelSelector;
  readonly namespaceSelector?: V1LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface PolicyRule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly PolicyPort[];
}

/** As it travels: the model of client-node has another name for `from`. */
export interface PolicySpec {
  readonly podSelector?: V1LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

export interface NetworkPolicy extends KubeObject {
  readonly spec?: PolicySpec;
}

export const networkPolicies = namespacedResource<NetworkPolicy>(
  'networking.k8s.io',
  'v1',
  'NetworkPolicy',
  'networkpolicies',
);
export const namespaces: Resource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
};

/** All that decides which connections may be made. */
export interface World {
  readonly policies: readonly Read<NetworkPolicy>[];
  readonly pods: readonly Read<Pod>[];
  readonly namespaces: readonly (KubeObject & StoredObject)[];
}
