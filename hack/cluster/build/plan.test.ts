import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { versions } from '../versions.ts';
import { moduleFolder } from './builder.ts';
import { type BuildInputs, buildArguments, cacheKey } from './plan.ts';
import { apiOnlyTools, hollowTools, lateTools, nodeTools, type Tool, tools, toolsOnDemand } from './tools.ts';

const inputs: BuildInputs = {
  goVersion: 'go1.26.8',
  goFlags: '',
  platform: 'linux-amd64',
  sources: { 'go.mod': 'module a', 'go.sum': 'sums' },
};
const tool: Tool = { name: 'one', module: 'one', binaries: { one: 'example.com/one' }, seconds: 1 };

describe('the name of a cached build', () => {
  it('stays the same for the same inputs, in whatever order the files were read', () => {
    const reordered = { ...inputs, sources: { 'go.sum': 'sums', 'go.mod': 'module a' } };

    expect(cacheKey(tool, reordered)).toBe(cacheKey(tool, inputs));
  });

  it.each<[string, Tool, BuildInputs]>([
    ['the Go version', tool, { ...inputs, goVersion: 'go1.27.0' }],
    ['GOFLAGS', tool, { ...inputs, goFlags: '-buildvcs=false' }],
    ['the platform', tool, { ...inputs, platform: 'linux-arm64' }],
    ['a module file', tool, { ...inputs, sources: { ...inputs.sources, 'go.sum': 'other' } }],
    ['a stamped version', { ...tool, variables: { 'example.com/v.V': 'v2' } }, inputs],
    ['build tags', { ...tool, tags: 'seccomp' }, inputs],
    ['CGO', { ...tool, cgo: true }, inputs],
    ['the packages', { ...tool, binaries: { one: 'example.com/two' } }, inputs],
  ])('changes with %s', (_, changedTool, changedInputs) => {
    expect(cacheKey(changedTool, changedInputs)).not.toBe(cacheKey(tool, inputs));
  });
});

describe('the build command', () => {
  it('names the only binary, because a package may be called otherwise', () => {
    expect(buildArguments(tool, '/cache')).toContain('/cache/one');
  });

  it('builds several binaries into a folder at once', () => {
    const two = { ...tool, binaries: { one: 'example.com/one', two: 'example.com/two' } };

    expect(buildArguments(two, '/cache').slice(-3)).toEqual(['/cache/', 'example.com/one', 'example.com/two']);
  });
});

describe('the table of tools', () => {
  it('leaves no tool unbuilt', () => {
    const built = new Set([...apiOnlyTools, ...hollowTools, ...nodeTools, ...lateTools, ...toolsOnDemand]);

    expect(Object.keys(tools).filter((id) => !built.has(id as keyof typeof tools))).toEqual([]);
  });

  it('builds the gateway after everything that the node needs', () => {
    expect(nodeTools).not.toContain('traefik');
  });

  it.each(Object.entries(versions))('has a module that requires %s %s', (_, version) => {
    const modules = readdirSync(moduleFolder('.')).map((name) =>
      readFileSync(join(moduleFolder(name), 'go.mod'), 'utf8'),
    );

    expect(modules.some((text) => text.includes(` ${version}\n`) || text.includes(` ${version} `))).toBe(true);
  });
});
