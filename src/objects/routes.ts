import type { KubeObject, Resource } from '../kube/index.ts';
import { namespacedResource } from './wire.ts';

export interface BackendRef {
  group?: string;
  kind?: string;
  name: string;
  namespace?: string;
  port?: number;
  /** The server writes 1 where there is none. */
  weight?: number;
}

export interface ParentRef {
  group?: string;
  kind?: string;
  name: string;
  namespace?: string;
  sectionName?: string;
  port?: number;
}

interface RouteCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  observedGeneration?: number;
}

/** What one Gateway says of a route. */
export interface RouteParent {
  parentRef: ParentRef;
  conditions?: RouteCondition[];
}

/** A route of the Gateway API, as far as we read and write it; HTTPRoute and GRPCRoute are the same there. */
export interface Route extends KubeObject {
  spec: {
    parentRefs?: ParentRef[];
    hostnames?: string[];
    rules?: { backendRefs?: BackendRef[] }[];
  };
  status?: { parents?: RouteParent[] };
}

const group = 'gateway.networking.k8s.io';

export const httpRoutes = namespacedResource<Route>(group, 'v1', 'HTTPRoute', 'httproutes');
export const grpcRoutes = namespacedResource<Route>(group, 'v1', 'GRPCRoute', 'grpcroutes');

export interface Gateway extends KubeObject {
  spec: { gatewayClassName: string };
}

export interface GatewayClass extends KubeObject {
  /** Before v1.3 of the Gateway API a feature was its name alone. */
  status?: { supportedFeatures?: (string | { name: string })[] };
}

export const gateways = namespacedResource<Gateway>(group, 'v1', 'Gateway', 'gateways');
export const gatewayClasses: Resource<GatewayClass> = {
  group,
  version: 'v1',
  kind: 'GatewayClass',
  plural: 'gatewayclasses',
  namespaced: false,
};
