import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { core } from 'zod';
import { type Settings, settingsSchema } from './schema.ts';

/** Its message is for whoever wrote the file. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** More than this is no configuration, and parsing it costs memory that the operator then keeps. */
const maxBytes = 1024 * 1024;

/** Reads the operator's configuration; without a file every setting has its default. */
export async function loadSettings(file: string | undefined): Promise<Settings> {
  if (file === undefined) return settingsSchema.parse({});
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SettingsError(`--config ${file} cannot be read: ${error.code ?? error.message}`);
  });
  return parseSettings(text, file);
}

export function parseSettings(text: string, origin: string): Settings {
  if (text.length > maxBytes) throw new SettingsError(`${origin} is larger than 1 MiB; is it the right file?`);
  const { success, data, error } = settingsSchema.safeParse(readYaml(text, origin) ?? {});
  if (success) return data;
  throw new SettingsError(`${origin} is not valid:\n${error.issues.map((issue) => `  ${sentence(issue)}`).join('\n')}`);
}

function readYaml(text: string, origin: string): unknown {
  try {
    // Aliases can make a small file huge, and a configuration needs none.
    return parse(text, { maxAliasCount: 0 }) as unknown;
  } catch (error) {
    throw new SettingsError(`${origin} is no YAML: ${(error as Error).message.split('\n')[0] ?? ''}`);
  }
}

function sentence({ path, message }: core.$ZodIssue): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return place === '' ? message : `${place.replace(/^\./, '')}: ${message}`;
}
