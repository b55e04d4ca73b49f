import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ownMap, type SourceMap } from './own-map.ts';
import { listPackages } from './packages.ts';

export interface Bundle {
  /** The file where the program starts. */
  entry: string;
  /** Where the bundle goes. What is imported later, and the source maps, lie beside it. */
  outfile: string;
}

export interface BundleResult {
  bytes: number;
  /** What esbuild thinks odd about the sources; none in a sound build. */
  warnings: readonly string[];
}

/**
 * One file with the source map of our own code per program: an image needs no node_modules, and a start reads one file
 * instead of a thousand. What is imported only when it is needed becomes a file of its own: inlined, the SDKs of clouds
 * would cost every operator 17 MiB. Names are kept, because stack traces and metrics show them.
 */
export async function bundle({ entry, outfile }: Bundle): Promise<BundleResult> {
  const { metafile, warnings } = await build({
    entryPoints: [{ in: entry, out: basename(outfile, '.js') }],
    outdir: dirname(outfile),
    splitting: true,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    // A folder of packages may be linked from elsewhere; by where it really lies, names and content would differ.
    preserveSymlinks: true,
    plugins: [englishOnly, withoutFolder],
    // Native accelerators of ssh2, which does without them. They are there on some machines and not on others.
    external: ['cpu-features', '*.node'],
    metafile: true,
    logLevel: 'silent',
    // Dependencies in CommonJS call require() for Node's own modules; an ES module has none.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const files = Object.keys(metafile.outputs);
  await Promise.all(files.filter((file) => file.endsWith('.map')).map(trimMap));
  await listPackages(Object.keys(metafile.inputs), dirname(outfile));
  const bytes = files.reduce((sum, file) => sum + (file.endsWith('.js') ? (metafile.outputs[file]?.bytes ?? 0) : 0), 0);
  return { bytes, warnings: warnings.map(({ text }) => text) };
}

/** zod carries its messages in 50 languages, 300 KB that a namespace import keeps although nobody asks for them. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup(build) {
    build.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

/** Parts of ssh2 ask where they lie and, as we use them, read nothing there; an ES module has no such names. */
const withoutFolder: Plugin = {
  name: 'without-folder',
  setup(build) {
    build.onLoad(
      { filter: /[/\\]ssh2[/\\]lib[/\\](agent|protocol[/\\]crypto[/\\]poly1305)\.js$/ },
      async ({ path }) => ({
        contents: `const __dirname = '', __filename = '';\n${await readFile(path, 'utf8')}`,
      }),
    );
  },
};

async function trimMap(file: string): Promise<void> {
  const map = JSON.parse(await readFile(file, 'utf8')) as SourceMap;
  await writeFile(file, JSON.stringify(ownMap(map, (source) => !source.includes('node_modules/'))));
}
