/** Something that speaks BuildKit's protocol. */
export interface Builder {
  /** Runs `buildctl build` with these options; the exit code. After 0 the folder is an OCI layout. */
  build(options: readonly string[], image: string, onLine: (line: string) => void): Promise<number>;
  /** Of what it keeps for the next build, not more than this stays. */
  prune(megabytes: number): Promise<void>;
  stop(): Promise<void>;
}

/** Of the programs that a build starts. Nothing else of ours is handed on. */
export function programEnv(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: '/tmp' };
}
