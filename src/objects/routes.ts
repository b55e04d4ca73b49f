import type { KubeObject } from '../kube/index.ts';
import { namespacedResource } from './wire.ts';

interface BackendRef {
  name: string;
  port: number;
  weight?: number;
}

/** A route of the Gateway API, as far as we write it; HTTPRoute and GRPCRoute are the same there. */
export interface Route extends KubeObject {
  spec: {
    parentRefs: { name: string; namespace?: string; sectionName?: string }[];
    hostnames?: string[];
    rules: { backendRefs: BackendRef[] }[];
  };
}

const group = 'gateway.networking.k8s.io';

export const httpRoutes = namespacedResource<Route>(group, 'v1', 'HTTPRoute', 'httproutes');
export const grpcRoutes = namespacedResource<Route>(group, 'v1', 'GRPCRoute', 'grpcroutes');
