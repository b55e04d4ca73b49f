import { readFile } from 'node:fs/promises';
import { describeSchema } from '../../src/crds/generate/structural.ts';
import { settingsSchema } from '../../src/settings/schema.ts';
import { chartFolder } from './render.ts';

/** The chart's schema with the operator's own in it, so that Helm refuses settings before they replace good ones. */
export async function valuesSchemaFile(): Promise<readonly [string, string]> {
  const path = `${chartFolder}/values.schema.json`;
  const schema = JSON.parse(await readFile(path, 'utf8')) as { properties: Record<string, object> };
  const description = 'The configuration file of the operator. Generated from src/settings by `npm run generate`.';
  schema.properties['settings'] = { ...forHelm(describeSchema(settingsSchema)), required: ['builds'], description };
  return [path, `${JSON.stringify(schema, undefined, 2)}\n`];
}

/** The chart puts things into the build namespace, so it has to know its name: the one default that Helm cannot leave out. */
function forHelm(schema: ReturnType<typeof describeSchema>): object {
  const { builds, ...others } = schema.properties ?? {};
  return { ...schema, properties: { builds: { ...builds, required: ['namespace'] }, ...others } };
}
