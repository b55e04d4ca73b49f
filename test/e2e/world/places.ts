import { settingsSchema } from '../../../src/settings/schema.ts';

/** Where the operator runs. */
export const systemNamespace = 'vish-system';
/** Where builds run. */
export const buildNamespace = settingsSchema.parse({}).builds.namespace;
