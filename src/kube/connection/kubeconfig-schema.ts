import { z } from 'zod';

/**
 * What we read of a kubeconfig; unknown fields are ignored. Files made by hand say `users: null` or `token: ""` where
 * they mean nothing at all, so both are read as absent.
 */
const text = z.preprocess((value) => (value === null || value === '' ? undefined : value), z.string().optional());
const flag = z.preprocess((value) => value ?? undefined, z.boolean().optional());

function listOf<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => value ?? [], z.array(item));
}

const clusterSchema = z.object({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'proxy-url': text,
  extensions: listOf(z.object({ name: z.string(), extension: z.unknown() })),
});

const execSchema = z.object({
  apiVersion: text,
  command: z.string().min(1),
  args: listOf(z.string()),
  env: listOf(z.object({ name: z.string(), value: z.string() })),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
});

const userSchema = z.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': listOf(z.string()),
  'as-user-extra': z.preprocess((value) => value ?? {}, z.record(z.string(), z.array(z.string()))),
  exec: execSchema.nullish(),
  'auth-provider': z.object({ name: z.string() }).nullish(),
});

const contextSchema = z.object({ cluster: text, user: text, namespace: text });

/** An entry may be empty (`cluster: null`): what is missing is said when the entry is used. */
function emptyIfNull<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => value ?? {}, schema);
}

export const kubeconfigSchema = z.object({
  'current-context': text,
  clusters: listOf(z.object({ name: z.string(), cluster: emptyIfNull(clusterSchema) })),
  users: listOf(z.object({ name: z.string(), user: emptyIfNull(userSchema) })),
  contexts: listOf(z.object({ name: z.string(), context: emptyIfNull(contextSchema) })),
});

export type ClusterEntry = z.infer<typeof clusterSchema>;
export type UserEntry = z.infer<typeof userSchema>;
export type ExecEntry = z.infer<typeof execSchema>;
export type ContextEntry = z.infer<typeof contextSchema>;
