import { createHash } from 'node:crypto';
import { canonical } from '../object/canonical.ts';
import type { KubeObject } from '../object/object.ts';

/** What a controller may want. Everything else belongs to the server or to the status writer. */
const topLevel = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'spec',
  // ConfigMap, Secret, ControllerRevision
  'data',
  'binaryData',
  'stringData',
  'immutable',
  'type',
  'revision',
  // Role, RoleBinding, ServiceAccount
  'rules',
  'roleRef',
  'subjects',
  'imagePullSecrets',
  'automountServiceAccountToken',
]);

const metadata = new Set(['name', 'namespace', 'uid', 'labels', 'annotations', 'finalizers', 'ownerReferences']);

/** Refuses what would make every apply a conflict (resourceVersion), a write of its own (status) or an endless diff. */
export function checkIntent(intent: KubeObject): void {
  const stray = [
    ...Object.keys(intent).filter((part) => !topLevel.has(part)),
    ...Object.keys(intent.metadata).flatMap((part) => (metadata.has(part) ? [] : [`metadata.${part}`])),
  ];
  if (stray.length > 0) {
    throw new Error(`apply ${intent.kind ?? 'an object'}: an intent must not hold ${stray.join(', ')}. Leave it out.`);
  }
  if (!intent.metadata.name) throw new Error(`apply ${intent.kind ?? 'an object'}: an intent needs metadata.name`);
}

/** The same for equal intents, whatever the order of their keys. Undefined fields count as absent, as they do in JSON. */
export function intentHash(intent: unknown): string {
  return createHash('sha256').update(canonical(intent)).digest('hex');
}
