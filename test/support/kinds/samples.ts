import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { ApiObject } from './api.ts';

export const samplesFolder = 'config/samples';

export interface Sample {
  file: string;
  object: ApiObject & { kind: string };
}

export async function readSamples(): Promise<Sample[]> {
  const files = (await readdir(samplesFolder)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => ({
      file,
      object: parse(await readFile(`${samplesFolder}/${file}`, 'utf8')) as Sample['object'],
    })),
  );
}
