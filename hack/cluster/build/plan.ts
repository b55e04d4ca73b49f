import { createHash } from 'node:crypto';
import type { Tool } from './tools.ts';

/** What besides the tool's own settings decides what comes out of a build. */
export interface BuildInputs {
  /** `go env GOVERSION`. */
  readonly goVersion: string;
  /** `go env GOFLAGS`: the machine's own, used as they are. */
  readonly goFlags: string;
  /** `linux-amd64`. */
  readonly platform: string;
  /** File name to content of everything in the tool's module folder. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Arguments of `go` that build a tool into `folder`. */
export function buildArguments(tool: Tool, folder: string): string[] {
  const names = Object.keys(tool.binaries);
  const [only] = names;
  const output = names.length === 1 && only ? `${folder}/${only}` : `${folder}/`;
  const stamps = Object.entries(tool.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const tags = tool.tags ? ['-tags', tool.tags] : [];
  const linker = ['-s', '-w', ...stamps].join(' ');
  return ['build', '-trimpath', ...tags, '-ldflags', linker, '-o', output, ...Object.values(tool.binaries)];
}

/** Names the cache folder: anything that changes the result changes the name, so an old result is never taken for it. */
export function cacheKey(tool: Tool, inputs: BuildInputs): string {
  const sources = Object.entries(inputs.sources).sort(([a], [b]) => (a < b ? -1 : 1));
  const facts = [
    buildArguments(tool, ''),
    tool.cgo ?? false,
    inputs.goVersion,
    inputs.goFlags,
    inputs.platform,
    sources,
  ];
  const digest = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
  return `${tool.name}-${digest}`;
}
