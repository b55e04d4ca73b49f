import { type Fact, fact } from '../plan/fact.ts';
import { at, quoted, readJson, textAt } from '../read/json.ts';
import { lineWith } from '../read/lines.ts';
import { firstOf, type Tree } from '../tree/tree.ts';
import { depends, type Manifest } from './manifest.ts';

/** What a framework's build leaves, and how it is run. */
export type Result =
  | { readonly kind: 'server'; readonly start?: readonly string[]; readonly only?: readonly Artefact[] }
  | { readonly kind: 'static'; readonly output: Fact; readonly singlePage: boolean }
  /** It builds, but nothing that a container could run; says what to change. */
  | { readonly kind: 'unfit'; readonly advice: string };

/** What is taken over to where it runs, when that is not everything. */
export interface Artefact {
  readonly path: string;
  readonly to: string;
}

export interface Framework {
  readonly name: string;
  /** The dependency that tells it. */
  readonly packages: readonly string[];
  /** When no script says how to build. */
  readonly build?: string;
  readonly result: (tree: Tree, manifest: Manifest) => Result;
}

const server =
  (...start: readonly string[]) =>
  (): Result => ({
    kind: 'server',
    ...(start.length > 0 && { start }),
  });

function configOf(tree: Tree, name: string, pattern: RegExp) {
  const file = firstOf(
    tree,
    ['js', 'mjs', 'cjs', 'ts', 'mts'].map((extension) => `${name}.config.${extension}`),
  );
  const found = file === undefined ? undefined : lineWith(tree, file, pattern);
  return found === undefined || file === undefined ? undefined : { ...found, source: tree.name(file) };
}

function next(tree: Tree): Result {
  const config = configOf(tree, 'next', /\boutput:\s{0,9}["'](standalone|export)["']/);
  if (config?.found === 'export') {
    return { kind: 'static', output: fact('out', config.source, config.line), singlePage: false };
  }
  if (config === undefined) return { kind: 'server', start: ['next', 'start'] };
  const start = ['sh', '-c', 'HOSTNAME=0.0.0.0 exec node server.js'];
  const only = [
    { path: '.next/standalone', to: '.' },
    { path: '.next/static', to: '.next/static' },
    ...(tree.files.some((file) => file.startsWith('public/')) ? [{ path: 'public', to: 'public' }] : []),
  ];
  return { kind: 'server', start, only };
}

function svelteKit(_: Tree, manifest: Manifest): Result {
  if (depends(manifest, '@sveltejs/adapter-node')) {
    return { kind: 'server', start: ['node', 'build/index.js'] };
  }
  if (depends(manifest, '@sveltejs/adapter-static')) {
    const output = fact('build', manifest.source, '"@sveltejs/adapter-static"');
    return { kind: 'static', output, singlePage: false };
  }
  return {
    kind: 'unfit',
    advice: 'SvelteKit needs the adapter @sveltejs/adapter-node (or adapter-static) to run in a container',
  };
}

function astro(tree: Tree, manifest: Manifest): Result {
  if (depends(manifest, '@astrojs/node')) {
    const start = ['sh', '-c', 'HOST=0.0.0.0 exec node dist/server/entry.mjs'];
    return { kind: 'server', start };
  }
  const config = configOf(tree, 'astro', /\boutput:\s{0,9}["'](server)["']/);
  if (config !== undefined) {
    return {
      kind: 'unfit',
      advice: 'Astro with output: "server" needs the adapter @astrojs/node to run in a container',
    };
  }
  return { kind: 'static', output: fact('dist', manifest.source, '"astro", which writes to dist'), singlePage: false };
}

function reactRouter(tree: Tree, manifest: Manifest): Result {
  const config = configOf(tree, 'react-router', /\bssr:\s{0,9}(false)\b/);
  if (config !== undefined) {
    return { kind: 'static', output: fact('build/client', config.source, config.line), singlePage: true };
  }
  return depends(manifest, '@react-router/serve')
    ? { kind: 'server', start: ['react-router-serve', './build/server/index.js'] }
    : { kind: 'server' };
}

function angular(tree: Tree): Result {
  const workspace = readJson(tree, 'angular.json');
  const projects = at(workspace, 'projects');
  const [name = ''] = typeof projects === 'object' && projects !== null ? Object.keys(projects) : [];
  const builder = textAt(workspace, 'projects', name, 'architect', 'build', 'builder') ?? '';
  const folder = builder.endsWith(':browser') ? `dist/${name}` : `dist/${name}/browser`;
  return {
    kind: 'static',
    output: fact(folder, tree.name('angular.json'), quoted('builder', builder)),
    singlePage: true,
  };
}

function vite(tree: Tree, manifest: Manifest): Result {
  const config = configOf(tree, 'vite', /\boutDir:\s{0,9}["']([\w./-]{1,100})["']/);
  const output = config
    ? fact(config.found.replace(/^\.\//, ''), config.source, config.line)
    : fact('dist', manifest.source, '"vite", which writes to dist');
  return { kind: 'static', output, singlePage: true };
}

const writes =
  (folder: string, singlePage: boolean) =>
  (_: Tree, { source }: Manifest): Result => ({
    kind: 'static',
    output: fact(folder, source, `this framework writes to ${folder}`),
    singlePage,
  });

/** The one that knows most comes first: what is built with Vite also depends on it. */
export const frameworks: readonly Framework[] = [
  { name: 'Next.js', packages: ['next'], build: 'next build', result: next },
  { name: 'Nuxt', packages: ['nuxt', 'nuxt3'], build: 'nuxt build', result: nuxt },
  { name: 'React Router', packages: ['@react-router/dev'], build: 'react-router build', result: reactRouter },
  {
    name: 'Remix',
    packages: ['@remix-run/dev'],
    build: 'remix vite:build',
    result: server('remix-serve', './build/server/index.js'),
  },
  { name: 'SvelteKit', packages: ['@sveltejs/kit'], build: 'vite build', result: svelteKit },
  { name: 'Astro', packages: ['astro'], build: 'astro build', result: astro },
  {
    name: 'TanStack Start',
    packages: ['@tanstack/react-start', '@tanstack/solid-start'],
    build: 'vite build',
    result: server('node', '.output/server/index.mjs'),
  },
  { name: 'NestJS', packages: ['@nestjs/core'], build: 'nest build', result: server('node', 'dist/main.js') },
  { name: 'Express', packages: ['express'], result: server() },
  { name: 'Fastify', packages: ['fastify'], result: server() },
  { name: 'Koa', packages: ['koa'], result: server() },
  { name: 'Hono', packages: ['hono'], result: server() },
  { name: 'Elysia', packages: ['elysia'], result: server() },
  { name: 'Docusaurus', packages: ['@docusaurus/core'], build: 'docusaurus build', result: writes('build', false) },
  { name: 'VitePress', packages: ['vitepress'], build: 'vitepress build', result: writes('.vitepress/dist', false) },
  { name: 'Eleventy', packages: ['@11ty/eleventy'], build: 'eleventy', result: writes('_site', false) },
  { name: 'Gatsby', packages: ['gatsby'], build: 'gatsby build', result: writes('public', false) },
  {
    name: 'Create React App',
    packages: ['react-scripts'],
    build: 'react-scripts build',
    result: writes('build', true),
  },
  { name: 'Angular', packages: ['@angular/core'], build: 'ng build', result: angular },
  { name: 'Vite', packages: ['vite'], build: 'vite build', result: vite },
];

function nuxt(_: Tree, { scripts }: Manifest): Result {
  if (/\bgenerate\b/.test(scripts['build'] ?? '')) {
    return {
      kind: 'static',
      output: fact('.output/public', 'package.json', quoted('build', scripts['build'] ?? '')),
      singlePage: false,
    };
  }
  const start = ['sh', '-c', 'HOST=0.0.0.0 exec node .output/server/index.mjs'];
  return { kind: 'server', start, only: [{ path: '.output', to: '.output' }] };
}

export function frameworkOf(manifest: Manifest): { framework: Framework; found: Fact } | undefined {
  for (const framework of frameworks) {
    const name = framework.packages.find((each) => depends(manifest, each));
    if (name !== undefined) {
      const version =
        textAt(manifest.json, 'dependencies', name) ?? textAt(manifest.json, 'devDependencies', name) ?? '';
      return { framework, found: fact(framework.name, manifest.source, quoted(name, version)) };
    }
  }
  return undefined;
}
