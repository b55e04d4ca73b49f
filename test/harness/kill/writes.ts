import type { Exchange } from '../../support/fault-proxy/exchange.ts';

export interface Write {
  /** From 1, in the order of the answers. */
  number: number;
  method: string;
  /** Without query. */
  path: string;
  status: number;
}

const writing: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Requests that change nothing, or only what is renewed or repeated anyway. */
const uncounted = [
  /^\/apis\/coordination\.k8s\.io\//,
  /^\/apis\/events\.k8s\.io\//,
  /^\/api\/v1\/(namespaces\/[^/]+\/)?events/,
  /^\/apis\/(authorization|authentication)\.k8s\.io\//,
];

/** A write whose effect another process can meet: no leases, no events, no dry runs, no questions about rights. */
export function isWrite({ method, path }: Pick<Exchange, 'method' | 'path'>): boolean {
  if (!writing.has(method)) return false;
  const [plain = '', query = ''] = path.split('?');
  return !new URLSearchParams(query).has('dryRun') && !uncounted.some((pattern) => pattern.test(plain));
}

/** What a write did to the number of objects: repeated attempts that were refused did nothing. */
export function effectOf({ method, status }: Write): 'create' | 'delete' | 'change' | undefined {
  if (status >= 300) return undefined;
  if (method === 'DELETE') return 'delete';
  return status === 201 ? 'create' : 'change';
}
