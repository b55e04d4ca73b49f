import type { LogFields } from './logger.ts';
import { redacted } from './redactor.ts';

type Fields = Record<string, unknown>;

/** Names whose text is a secret. By their end: `secretName` and `tokenExpiry` say nothing secret. */
const secretName =
  /(pass(word|wd|phrase)|pwd|token|secret|authorization|cookie|(api|access|private)[-_]?key|client[-_]?key([-_]data)?|credentials?|\.dockerconfigjson)$/i;

const deepest = 6;
const mostEntries = 100;
const longestText = 8192;

/**
 * A copy of the fields that may be written: text under secret names and the data of Secrets is hidden, errors become
 * plain, and everything has a bound, because an object from outside may be of any size and shape.
 */
export function safeFields(fields: LogFields): Fields {
  return safeEntries(fields, 0);
}

function safeEntries(fields: object, depth: number): Fields {
  const isSecret = (fields as Fields)['kind'] === 'Secret';
  const entries = Object.entries(fields).slice(0, mostEntries);
  return Object.fromEntries(
    entries.map(([name, value]: [string, unknown]) => {
      if (isSecret && (name === 'data' || name === 'stringData')) return [name, redacted];
      if (secretName.test(name)) return [name, hidden(value, depth)];
      return [name, safe(value, depth + 1)];
    }),
  );
}

/** A reference to a Secret is an object; its name and namespace are needed to find a mistake. */
function hidden(value: unknown, depth: number): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value;
  const isReference = typeof value === 'object' && !Array.isArray(value) && !Buffer.isBuffer(value);
  return isReference ? safe(value, depth + 1) : redacted;
}

function safe(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) return '[too deep]';
  if (value instanceof Error) return safeError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid time' : value.toISOString();
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`;
  if (Array.isArray(value)) return value.slice(0, mostEntries).map((item) => safe(item, depth + 1));
  return safeEntries(value, depth);
}

function safeError(error: Error, depth: number): Fields {
  const { name, message, stack = '', cause, ...own } = error;
  const rest = safeEntries(own, depth);
  return {
    ...rest,
    type: name === 'Error' ? error.constructor.name : name,
    message: cut(message),
    stack: cut(stack),
    ...(cause === undefined ? {} : { cause: safe(cause, depth + 1) }),
  };
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}[cut]` : text;
}
