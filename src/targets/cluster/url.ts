import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Intent } from '../target.ts';
import { settingsOf } from './settings.ts';

/** The first name of the route, or the Service where there is none. */
export function urlOf(deployment: Deployment, { release }: Intent): string | undefined {
  const { port } = release.workload;
  if (port === undefined) return undefined;
  const [hostname] = settingsOf(deployment).gateway?.hostnames ?? [];
  if (hostname !== undefined) return `http://${hostname}`;
  const { name, namespace = '' } = deployment.metadata;
  return `http://${name}.${namespace}.svc${port === 80 ? '' : `:${port}`}`;
}
