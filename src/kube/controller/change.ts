import type { Stored } from '../client/client.ts';
import type { Handler } from '../informer/handler.ts';
import type { KubeObject } from '../object/object.ts';
import { lowPriority } from '../workqueue/entry.ts';
import type { Mapper } from './mapping.ts';
import type { Enqueue } from './source.ts';

/** What happened to one object. It decides which keys to look at, never what to do with them. */
export type Change<T extends KubeObject = KubeObject> =
  | { type: 'add'; object: Stored<T>; isInitialList: boolean }
  | { type: 'update'; old: Stored<T>; object: Stored<T> }
  | { type: 'delete'; object: Stored<T> };

/** Says whether a change is worth a look. */
export type Predicate<T extends KubeObject = KubeObject> = (change: Change<T>) => boolean;

export interface ChangeOptions<T extends KubeObject> {
  map: Mapper<T>;
  when: Predicate<T>;
  enqueue: Enqueue;
}

/** Turns changes of objects into keys in a queue. */
export function enqueueChanges<T extends KubeObject>({ map, when, enqueue }: ChangeOptions<T>): Handler<T> {
  const accept = (change: Change<T>) => {
    if (!when(change)) return;
    const priority = priorityOf(change);
    for (const key of keysOf(change, map)) enqueue(key, { priority });
  };
  return {
    onAdd: (object, isInitialList) => accept({ type: 'add', object, isInitialList }),
    onUpdate: (old, object) => accept({ type: 'update', old, object }),
    onDelete: (object) => accept({ type: 'delete', object }),
  };
}

/** Objects that are only listed, not changed, must not delay the changes that somebody waits for. */
function priorityOf(change: Change): number {
  if (change.type === 'add') return change.isInitialList ? lowPriority : 0;
  if (change.type === 'delete') return 0;
  return change.old.metadata.resourceVersion === change.object.metadata.resourceVersion ? lowPriority : 0;
}

/** An update concerns the old state's keys too: an object that moves to another owner must be let go by the first. */
function keysOf<T extends KubeObject>(change: Change<T>, map: Mapper<T>): Iterable<string> {
  if (change.type !== 'update') return new Set(map(change.object));
  return new Set([...map(change.old), ...map(change.object)]);
}
