import type { ReplicaSet } from '../../../objects/workloads.ts';
import type { Diagnosis } from './diagnosis.ts';
import { shortened } from './text.ts';

/** Pods that the server refuses to make. The name in its words is another one with every try. */
export function diagnoseSet({ status }: ReplicaSet): Diagnosis[] {
  const failure = status?.conditions?.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True');
  if (failure?.reason !== 'FailedCreate') return [];
  const said = shortened((failure.message ?? '').replace(/^(error creating: )?pods "[^"]*" is forbidden: /iu, ''));
  if (said.includes('exceeded quota')) return [{ reason: 'QuotaExceeded', message: `no further replica: ${said}` }];
  return [{ reason: 'InvalidTemplate', message: `the API server refuses the pods: ${said}` }];
}
