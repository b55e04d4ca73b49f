import { settingsSchema } from '../../../src/settings/schema.ts';

/** Where the operator runs. */
export const systemNamespace = 'vish-system';
const { namespace, untrustedNamespace } = settingsSchema.parse({}).builds;
/** Where trusted builds run: all that a Deployment waits for. */
export const buildNamespace = namespace;
export const buildNamespaces: readonly string[] = [namespace, untrustedNamespace];
