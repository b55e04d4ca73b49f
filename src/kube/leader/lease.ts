import type { ObjectKey } from '../object/key.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';

export interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

export interface Lease extends KubeObject {
  spec?: LeaseSpec;
}

export const leases: Resource<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

/** The API server refuses a MicroTime without exactly six fractional digits, and toISOString has three. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}

export interface Holder {
  identity: string;
  leaseDurationMs: number;
  /** Epoch; only people read it. */
  now: number;
}

/** What a replica writes to hold the lease: `previous` is the record that it replaces. */
export function heldBy({ identity, leaseDurationMs, now }: Holder, previous: LeaseSpec = {}): LeaseSpec {
  const renewing = previous.holderIdentity === identity;
  const stamp = microTime(now);
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
    acquireTime: renewing ? (previous.acquireTime ?? stamp) : stamp,
    renewTime: stamp,
    leaseTransitions: (previous.leaseTransitions ?? 0) + (renewing ? 0 : 1),
  };
}

/** What a leader leaves behind: nobody holds it, and whoever overlooks that waits one second only. */
export function released(now: number, previous: LeaseSpec): LeaseSpec {
  const stamp = microTime(now);
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: stamp,
    renewTime: stamp,
    leaseTransitions: previous.leaseTransitions ?? 0,
  };
}

export function leaseObject({ namespace, name }: ObjectKey, spec: LeaseSpec): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: namespace === undefined ? { name } : { namespace, name },
    spec,
  };
}
