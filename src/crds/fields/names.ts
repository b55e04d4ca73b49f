import type { z } from 'zod';
import { type Pattern, text } from './text.ts';

const labelPattern: Pattern = {
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  message: "write lower case letters, digits and '-', with a letter or digit at both ends, such as web-1",
};

const subdomainPattern: Pattern = {
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
  message: "write the object's name: lower case letters, digits, '-' and '.', such as shop-git",
};

const keyPattern: Pattern = {
  pattern: '^[-._a-zA-Z0-9]+$',
  message: "write one key of the object's data: letters, digits, '-', '_' and '.', such as DATABASE_URL",
};

export const reasonPattern: Pattern = {
  pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
  message: 'write one CamelCase word, such as BuildFailed',
};

/** A DNS label: names of things inside one object, and parts of the names of children. */
export function label(max = 63): z.ZodString {
  return text(max, { matches: labelPattern });
}

/** The name of another object in the same namespace. */
export function objectName(): z.ZodString {
  return text(253, { matches: subdomainPattern });
}

/** A key of a ConfigMap or a Secret. */
export function dataKey(): z.ZodString {
  return text(253, { matches: keyPattern });
}
