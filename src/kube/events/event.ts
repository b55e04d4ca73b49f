import { microTime } from '../leader/lease.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';

export interface ObjectReference {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
}

/** An events.k8s.io/v1 Event. */
export interface KubeEvent extends KubeObject {
  type: 'Normal' | 'Warning';
  reason: string;
  action: string;
  note: string;
  eventTime: string;
  reportingController: string;
  reportingInstance: string;
  regarding: ObjectReference;
  related?: ObjectReference;
  series?: { count: number; lastObservedTime: string };
}

export const events: Resource<KubeEvent> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

/** What somebody says about an object. */
export interface Notice {
  type: 'Normal' | 'Warning';
  /** Why, as a constant in CamelCase: machines match on it. */
  reason: string;
  /** What was done or failed, as a verb in CamelCase. */
  action: string;
  /** For people. Cut at 1,024 bytes. */
  note: string;
  regarding: ObjectReference;
  related?: ObjectReference;
}

export interface Reporter {
  /** For example `vish.dev/deployment-controller`. */
  controller: string;
  /** The pod. */
  instance: string;
}

const mostNoteBytes = 1024;

/** Events of equal key are one series. The note is not part of it: the first one stands for all. */
export function seriesKey({ type, reason, action, regarding, related }: Notice): string {
  return JSON.stringify([type, reason, action, fields(regarding), related ? fields(related) : null]);
}

export function objectKeyOf({ regarding }: Notice): string {
  return JSON.stringify(fields(regarding));
}

/** Cuts at a character, never inside one: half a character would be refused or shown as a box. */
export function cutNote(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= mostNoteBytes) return note;
  const mark = '...';
  let end = mostNoteBytes - mark.length;
  // A byte that begins with binary 10 goes on with the character before it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end) + mark;
}

export function newEvent(
  notice: Notice,
  reporter: Reporter,
  { now, suffix }: { now: number; suffix: string },
): KubeEvent {
  const { regarding, note } = notice;
  return {
    ...notice,
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    // An event on a cluster-scoped object has to live somewhere: `default`, as with every other component.
    metadata: { namespace: regarding.namespace ?? 'default', name: `${regarding.name.slice(0, 200)}.${suffix}` },
    note: cutNote(note),
    eventTime: microTime(now),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, 128),
  };
}

function fields({ apiVersion, kind, namespace, name, uid }: ObjectReference) {
  return [apiVersion, kind, namespace ?? '', name, uid ?? ''];
}
