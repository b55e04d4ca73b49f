import { z } from 'zod';
import { trust } from '../../../crds/build/status.ts';
import { causes } from '../../../crds/deployment/status.ts';
import { partialWorkload, type Workload } from '../../../crds/workload/workload.ts';
import type { Read } from '../../../objects/wire.ts';
import type { ControllerRevision } from '../../../objects/workloads.ts';
import type { KnownRelease } from '../../../rollout/engine/state.ts';
import type { Release } from '../../../rollout/release.ts';
import type { Identity } from './identity.ts';

const copy = z.object({ kind: z.enum(['ConfigMap', 'Secret']), source: z.string(), copy: z.string() });

/** What a ControllerRevision of ours holds. Open for fields that a later version adds. */
const content = z.object({
  hash: z.string().min(10).max(128),
  image: z.string().max(512),
  commit: z.string().max(64).optional(),
  trust: trust().optional(),
  cause: z.enum(causes),
  identity: z.object({
    artifact: z.string(),
    settings: z.string(),
    configMaps: z.string(),
    secrets: z.string(),
    restartedAt: z.string(),
  }),
  workload: partialWorkload,
  configuration: z.array(copy).max(512),
  podLabels: z.record(z.string().max(317), z.string().max(63)).optional(),
  rendered: z.unknown(),
});

/** A release as the controller knows it: what the place is given, and where it came from. */
export interface StoredRelease extends Release, KnownRelease {
  readonly identity: Identity;
  /** Of pods that were taken over once; every later release has them too. */
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly revision: Read<ControllerRevision>;
}

export type ReleaseContent = Omit<StoredRelease, 'number' | 'name' | 'uid' | 'createdAt' | 'revision'>;

/** Undefined for what is none of ours or was broken by hand: it cannot be run again. */
export function readRelease(revision: Read<ControllerRevision>): StoredRelease | undefined {
  const parsed = content.safeParse((revision as { data?: unknown }).data);
  const { name, uid, creationTimestamp = '' } = revision.metadata;
  if (!parsed.success || !(revision.revision >= 1)) return undefined;
  const { workload, rendered, commit, trust, podLabels, ...rest } = parsed.data;
  return {
    ...rest,
    ...(commit === undefined ? {} : { commit }),
    ...(trust === undefined ? {} : { trust }),
    ...(podLabels === undefined ? {} : { podLabels }),
    // It was complete when it was written; the schema of a later version may know more.
    workload: workload as Omit<Workload, 'scale'>,
    rendered,
    number: revision.revision,
    name,
    uid,
    createdAt: creationTimestamp,
    revision,
  };
}
