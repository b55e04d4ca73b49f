import type { KubeObject } from '../../kube/index.ts';
import { annotations } from '../../objects/labels.ts';

/** Somebody's wish to look at the source now: the value that an object's annotation has. */
export interface Wake {
  /** UID of the object. */
  readonly from: string;
  readonly value: string;
}

/** Wishes on the objects that a look is made for: the Deployment and its Project. */
export function wakesOf(...objects: readonly (KubeObject | undefined)[]): Wake[] {
  return objects.flatMap((object) => {
    const { uid, annotations: written } = object?.metadata ?? {};
    const value = written?.[annotations.wake];
    return uid === undefined || value === undefined ? [] : [{ from: uid, value }];
  });
}

const mostRemembered = 256;

/** Wishes that were fulfilled, one for each object; bounded, and then the oldest costs one look too many. */
export class HandledWakes {
  private readonly values = new Map<string, string>();

  /** Takes wishes in; true when one of them is new. */
  hear(wakes: readonly Wake[]): boolean {
    const fresh = wakes.filter(({ from, value }) => this.values.get(from) !== value);
    for (const { from, value } of fresh) this.remember(from, value);
    return fresh.length > 0;
  }

  private remember(from: string, value: string): void {
    this.values.delete(from);
    this.values.set(from, value);
    const [oldest] = this.values.keys();
    if (this.values.size > mostRemembered && oldest !== undefined) this.values.delete(oldest);
  }
}
