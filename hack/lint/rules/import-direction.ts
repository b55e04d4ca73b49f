import { dirname, relative, resolve, sep } from 'node:path';
import type { Context, ESTree, Rule } from '@oxlint/plugins';
import { layers, outsideProduct } from '../layers.ts';

type Source = { value: unknown } | null;

/** Imports in src/ follow hack/lint/layers.ts, and product code never imports tests, tools or benchmarks. */
export const importDirection: Rule = {
  create(context: Context) {
    const from = place(context.cwd, context.filename);
    if (from.top !== 'src' || isTest(context.filename)) return {};
    const check = (node: ESTree.Node, source: Source) => {
      const message = typeof source?.value === 'string' ? problem(context, from, source.value) : undefined;
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, 'value' in node.source ? node.source : null),
    };
  },
};

interface Place {
  top: string;
  layer: string | undefined;
}

function problem(context: Context, from: Place, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const to = place(context.cwd, resolve(dirname(context.filename), specifier));
  if (outsideProduct.some((folder) => folder === to.top)) {
    return `src/ may not import ${to.top}/. Move what both need into src/, or into the test that needs it.`;
  }
  if (from.layer === undefined || to.layer === undefined || from.layer === to.layer) return undefined;
  const allowed = layers[from.layer];
  if (allowed === undefined)
    return `src/${from.layer} has no line in hack/lint/layers.ts. Add one that names what it may import.`;
  if (allowed.includes(to.layer)) return undefined;
  return `src/${from.layer} may import only ${list(allowed)}, not src/${to.layer}. Pass the value in from the caller, or move the code to the lower folder.`;
}

function place(cwd: string, file: string): Place {
  const [top = '', second, ...rest] = relative(cwd, file).split(sep);
  return { top, layer: top === 'src' && rest.length > 0 ? second : undefined };
}

function list(allowed: readonly string[]): string {
  return allowed.length === 0 ? 'its own folder' : allowed.map((name) => `src/${name}`).join(', ');
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}
