import { inject } from 'vitest';
import { services } from '../../../src/objects/core.ts';
import type { Address } from './visitor.ts';
import type { World } from './world.ts';

/** Every app listens there. */
export const appPort = 8080;

/** Through the Gateway, by the host name that `routeTo` asks for. */
export function gatewayOf(app: string): Address {
  return { url: inject('node').gateway, host: hostOf(app) };
}

/** For `target.cluster.gateway`. */
export function routeTo(app: string): object {
  return { parentRefs: [{ name: 'public', namespace: 'gateway-system' }], hostnames: [hostOf(app)] };
}

/** As requests inside the cluster go. */
export async function serviceIn({ namespace, api }: World, name: string): Promise<Address> {
  const { spec } = await api.client.get(services, { namespace, name });
  return { url: `http://${spec?.clusterIP}:${appPort}` };
}

function hostOf(app: string): string {
  return `${app}.localhost`;
}
