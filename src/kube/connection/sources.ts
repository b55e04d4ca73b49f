import { readFile } from 'node:fs/promises';
import { KubeconfigError } from './kubeconfig.ts';

/** A text that may change while we run. */
export type TextSource = () => Promise<string>;

export interface SourceInput {
  /** Base64, as in kubeconfig. It wins over the file. */
  data?: string | undefined;
  file?: string | undefined;
  /** `client certificate of context "dev"`, for errors. */
  what: string;
}

/** Inline data or a file; undefined when there is neither. */
export function textSource({ data, file, what }: SourceInput): TextSource | undefined {
  if (data !== undefined) {
    const text = Buffer.from(data, 'base64').toString('utf8');
    return () => Promise.resolve(text);
  }
  return file === undefined ? undefined : () => readText(file, what);
}

export async function readText(file: string, what: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new KubeconfigError(`cannot read the ${what} from ${file}: ${error.code}`);
  });
  if (text.trim() === '') throw new KubeconfigError(`the ${what} in ${file} is empty`);
  return text;
}

/** A token as it may stand in a header: anything else would be another header. */
export function checkToken(token: string, what: string): string {
  const trimmed = token.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new KubeconfigError(`the ${what} holds characters that no token has`);
}
