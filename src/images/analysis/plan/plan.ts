import type { BaseImage } from './base-images.ts';
import type { Fact } from './fact.ts';

export type Language =
  | 'bun'
  | 'deno'
  | 'dotnet'
  | 'elixir'
  | 'go'
  | 'java'
  | 'node'
  | 'php'
  | 'python'
  | 'ruby'
  | 'rust'
  | 'static';

/** A line of a stage. Commands are ours, or name what the repository has; nothing of it is taken over unseen. */
export type Instruction =
  | { readonly do: 'workdir'; readonly path: string }
  | { readonly do: 'env'; readonly variables: Readonly<Record<string, string>> }
  /** `from` is the name of a stage, or an image; without it the repository. */
  | { readonly do: 'copy'; readonly from?: string; readonly paths: readonly string[]; readonly to: string }
  | { readonly do: 'write'; readonly file: string; readonly lines: readonly string[] }
  | { readonly do: 'run'; readonly command: string; readonly caches?: readonly string[] };

export interface Stage {
  readonly name: string;
  readonly image: BaseImage;
  readonly version: string;
  readonly instructions: readonly Instruction[];
}

/** Something that the code reads from its environment. Its value is never looked at. */
export interface Variable extends Fact {
  readonly secret: boolean;
  /** Read while it is built, and part of the result: no place for secrets. */
  readonly atBuild: boolean;
}

/** What one language makes of a repository. */
export interface Draft {
  readonly language: Fact<Language>;
  readonly version: Fact;
  readonly framework?: Fact | undefined;
  readonly packageManager?: Fact | undefined;
  readonly install?: Fact | undefined;
  readonly build?: Fact | undefined;
  readonly start: Fact<readonly string[]>;
  /** Absent: what the code says, or else 8080. */
  readonly port?: Fact<number> | undefined;
  /** Folder of finished files that a web server hands out. */
  readonly output?: Fact | undefined;
  readonly health?: Fact | undefined;
  readonly caches?: readonly Fact[];
  /** What a person should know, such as a server that was added. */
  readonly notes?: readonly string[];
  /** Folder that the build sees. Absent: the folder of the service. */
  readonly context?: Fact | undefined;
  /** Files that the build needs although they are usually left out. */
  readonly keep?: readonly string[];
  /** The last one is what runs. */
  readonly stages: readonly Stage[];
}

/** How a repository without a Dockerfile becomes an image. */
export interface Plan extends Draft {
  readonly path: string;
  readonly context: Fact;
  readonly port: Fact<number>;
  readonly user: Fact<number>;
  readonly caches: readonly Fact[];
  readonly variables: readonly Variable[];
  readonly notes: readonly string[];
}
