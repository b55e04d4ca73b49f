import { AnalysisError, type Tree } from '../tree/tree.ts';
import type { Json } from './json.ts';
import { TomlReader } from './toml-reader.ts';

export function readToml(tree: Tree, path: string): Json {
  const text = tree.read(path);
  if (text === undefined) return undefined;
  try {
    return new TomlReader(text).document();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new AnalysisError(`${tree.name(path)} is no TOML (${error.message}); correct it`);
  }
}
