import type { Clock } from '../../seams/clock.ts';
import type { CallOptions, Client, Stored } from '../client/client.ts';
import { isKubeError } from '../errors/errors.ts';
import type { Logger } from '../log/logger.ts';
import { objectKey } from '../object/key.ts';
import type { KubeObject } from '../object/object.ts';
import { type Resource, resourceName } from '../object/resource.ts';
import { mergeConditions, type StatusCondition, type WantedCondition } from './conditions.ts';
import { mergePatch } from './merge-patch.ts';

/** The status of a kind: any fields, and conditions where the kind has them. */
export type StatusOf<T> = T extends { status?: infer S } ? NonNullable<S> : never;

export interface StatusWriterOptions<T extends KubeObject> {
  client: Pick<Client, 'patch'>;
  resource: Resource<T>;
  fieldManager: string;
  clock: Pick<Clock, 'now'>;
  /** Condition types that this controller alone writes; of these, what a reconcile does not want goes. */
  ownedConditions: readonly string[];
}

export interface CommitOptions extends CallOptions {
  /** Told when Ready says another word than before. Default: nobody is. */
  readonly log?: Pick<Logger, 'info'>;
}

/** Writes the status of one kind, at most once for each reconcile. */
export class StatusWriter<T extends KubeObject> {
  private readonly options: StatusWriterOptions<T>;

  constructor(options: StatusWriterOptions<T>) {
    this.options = options;
  }

  /** Starts one reconcile from the object as it was read. */
  begin(object: Stored<T>): StatusDraft<T> {
    return new StatusDraft(this.options, object);
  }
}

/** Collects what one reconcile wants its status to be, and sends the difference in the end. */
export class StatusDraft<T extends KubeObject> {
  private readonly options: StatusWriterOptions<T>;
  private readonly object: Stored<T>;
  private readonly fields: Record<string, unknown> = {};
  private wanted: readonly WantedCondition[] | undefined;
  private committed = false;

  constructor(options: StatusWriterOptions<T>, object: Stored<T>) {
    this.options = options;
    this.object = object;
  }

  /** Fields of the status; each replaces the stored one, and undefined removes it. What is not named stays. */
  set(fields: { [K in keyof Omit<StatusOf<T>, 'conditions'>]?: StatusOf<T>[K] | undefined }): void {
    Object.assign(this.fields, fields);
  }

  /** All owned conditions as they should be. Without this call the conditions stay as they are. */
  setConditions(wanted: readonly WantedCondition[]): void {
    const owned = new Set(this.options.ownedConditions);
    const stray = wanted.find(({ type }) => !owned.has(type));
    if (stray) throw new Error(`set conditions: "${stray.type}" is not owned. Name it in ownedConditions.`);
    if (new Set(wanted.map(({ type }) => type)).size < wanted.length) {
      throw new Error('set conditions: a type is named twice. Decide for one.');
    }
    this.wanted = wanted;
  }

  /**
   * One request, or none when nothing differs. Rejects with Conflict when the object changed since it was read: look
   * at the new one (requeue), this status was derived from the old. Undefined when the object is gone.
   */
  async commit({ log, ...options }: CommitOptions = {}): Promise<Stored<T> | undefined> {
    if (this.committed)
      throw new Error(`write status of ${resourceName(this.options.resource)}: it was written already`);
    this.committed = true;
    const status = mergePatch(this.status(), this.wantedStatus());
    if (status === undefined) return this.object;
    const written = await this.send(status, options);
    if (log !== undefined && written !== undefined) this.tell(log);
    return written;
  }

  /** A line for each change, not for each step of a rollout: the message alone changes with those. */
  private tell(log: Pick<Logger, 'info'>): void {
    const ready = this.wanted?.find(({ type }) => type === 'Ready');
    const before = this.status().conditions?.find(({ type }) => type === 'Ready');
    if (ready === undefined || (ready.reason === before?.reason && ready.status === before.status)) return;
    const { status, reason, message } = ready;
    log.info({ ready: status, reason, detail: message }, 'Status changed');
  }

  private async send(status: object, callOptions: CallOptions): Promise<Stored<T> | undefined> {
    const { client, resource, fieldManager } = this.options;
    const { uid, resourceVersion, deletionTimestamp } = this.object.metadata;
    const options = { ...callOptions, fieldManager, type: 'merge', subresource: 'status' } as const;
    try {
      // A patch with the version, not an update: it cannot drop fields that the informer's transform cut away.
      return await client.patch(
        resource,
        objectKey(this.object),
        { metadata: { uid, resourceVersion }, status },
        options,
      );
    } catch (error) {
      if (isKubeError(error, 'NotFound') && deletionTimestamp !== undefined) return undefined;
      throw error;
    }
  }

  private wantedStatus(): Record<string, unknown> {
    if (!this.wanted) return this.fields;
    const { ownedConditions, clock } = this.options;
    const stored = this.status().conditions ?? [];
    const conditions = mergeConditions(stored, this.wanted, new Set(ownedConditions), clock.now());
    return { ...this.fields, conditions: conditions.length > 0 || stored.length > 0 ? conditions : undefined };
  }

  private status(): { conditions?: StatusCondition[] } {
    return (this.object as { status?: { conditions?: StatusCondition[] } }).status ?? {};
  }
}
