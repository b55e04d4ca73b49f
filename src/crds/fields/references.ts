import { z } from 'zod';
import { objectName } from './names.ts';

/** Names another object of the same namespace. There are no references across namespaces. */
export function reference(what: string) {
  return z.strictObject({ name: objectName().describe(`Name of the ${what}, in this namespace.`) });
}

/** An object whose shape belongs to someone else; the server stores it as it is. */
export function opaque() {
  return z.record(z.string(), z.unknown()).meta({ 'x-kubernetes-preserve-unknown-fields': true });
}

/** A moment, in whole seconds, as RFC 3339. */
export function time() {
  return z.iso.datetime({ offset: true }).max(64);
}
