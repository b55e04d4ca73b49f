import { dirname, isAbsolute, resolve } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import {
  type ClusterEntry,
  type ContextEntry,
  type ExecEntry,
  kubeconfigSchema,
  type UserEntry,
} from './kubeconfig-schema.ts';

/** Says which file, which context and what is missing; never what a credential is. */
export class KubeconfigError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'KubeconfigError';
  }
}

/** Several files as one, all paths absolute. */
export interface Kubeconfig {
  files: readonly string[];
  currentContext: string | undefined;
  clusters: ReadonlyMap<string, ClusterEntry>;
  users: ReadonlyMap<string, UserEntry>;
  contexts: ReadonlyMap<string, ContextEntry>;
}

export interface KubeconfigFile {
  path: string;
  text: string;
}

/** Merges files as kubectl does: the first file that names something decides about it. */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): Kubeconfig {
  const clusters = new Map<string, ClusterEntry>();
  const users = new Map<string, UserEntry>();
  const contexts = new Map<string, ContextEntry>();
  let currentContext: string | undefined;
  for (const file of files) {
    const config = parseFile(file);
    const folder = dirname(resolve(file.path));
    currentContext ??= config['current-context'];
    for (const { name, cluster } of config.clusters) keepFirst(clusters, name, absoluteCluster(cluster, folder));
    for (const { name, user } of config.users) keepFirst(users, name, absoluteUser(user, folder));
    for (const { name, context } of config.contexts) keepFirst(contexts, name, context);
  }
  return { files: files.map(({ path }) => path), currentContext, clusters, users, contexts };
}

function parseFile({ path, text }: KubeconfigFile): z.infer<typeof kubeconfigSchema> {
  const result = kubeconfigSchema.safeParse(parseYaml(path, text) ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new KubeconfigError(`${path} is not a kubeconfig: ${issue?.path.join('.')}: ${issue?.message}`);
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    // The parser quotes the line it stumbles over, and that line may be a token: pass on its place only.
    const place = (error as { linePos?: { line: number }[] }).linePos?.[0]?.line;
    throw new KubeconfigError(`${path} is not YAML${place === undefined ? '' : `: see line ${place}`}`);
  }
}

function absoluteCluster(cluster: ClusterEntry, folder: string): ClusterEntry {
  return { ...cluster, 'certificate-authority': absolute(cluster['certificate-authority'], folder) };
}

function absoluteUser(user: UserEntry, folder: string): UserEntry {
  return {
    ...user,
    'client-certificate': absolute(user['client-certificate'], folder),
    'client-key': absolute(user['client-key'], folder),
    tokenFile: absolute(user.tokenFile, folder),
    ...(user.exec && { exec: absoluteExec(user.exec, folder) }),
  };
}

/** A command without a slash is looked up in PATH; one with a slash belongs to the file that names it. */
function absoluteExec(exec: ExecEntry, folder: string): ExecEntry {
  return /[\\/]/.test(exec.command) ? { ...exec, command: resolve(folder, exec.command) } : exec;
}

function absolute(path: string | undefined, folder: string): string | undefined {
  return path === undefined || isAbsolute(path) ? path : resolve(folder, path);
}

function keepFirst<T>(map: Map<string, T>, name: string, value: T): void {
  if (!map.has(name)) map.set(name, value);
}
