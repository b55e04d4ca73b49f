import { build } from 'esbuild';

export interface Bundle {
  /** The file where the program starts. */
  entry: string;
  /** Where the bundle goes; its source map lies beside it. */
  outfile: string;
}

export interface BundleResult {
  bytes: number;
  /** What esbuild thinks odd about the sources; none in a sound build. */
  warnings: readonly string[];
}

/**
 * One file with its source map per program: an image needs no node_modules, and a start reads one file instead of a
 * thousand. Names are kept, because stack traces and metrics show them.
 */
export async function bundle({ entry, outfile }: Bundle): Promise<BundleResult> {
  const { metafile, warnings } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    sourcemap: 'linked',
    metafile: true,
    logLevel: 'silent',
    // Dependencies in CommonJS call require() for Node's own modules; an ES module has none.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const bytes = Object.entries(metafile.outputs).find(([name]) => name.endsWith('.js'))?.[1].bytes ?? 0;
  return { bytes, warnings: warnings.map(({ text }) => text) };
}
