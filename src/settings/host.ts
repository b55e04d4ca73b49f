import type { z } from 'zod';
import { type Pattern, text } from '../crds/fields/text.ts';

const hostPattern: Pattern = {
  pattern: '^[-A-Za-z0-9._:]+$',
  message: 'write a host name or an address, without scheme and path, such as registry.internal:5000',
};

/** A host name or an address. */
export function host(): z.ZodString {
  return text(253, { matches: hostPattern });
}
