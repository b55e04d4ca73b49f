import type { KillProxy } from './kill-proxy.ts';

/** One way from the start to the end, in a namespace of its own. */
export interface Run {
  namespace: string;
  /** Its operator's way to the API server. */
  proxy: KillProxy;
}

export interface Killable {
  /** At once, without a chance to tidy up. Resolves when it is gone. */
  kill(): Promise<void>;
}
