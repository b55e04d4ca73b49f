import { textAt } from '../read/json.ts';
import { linesOf, lineWith } from '../read/lines.ts';
import { readToml } from '../read/toml.ts';
import type { Tree } from '../tree/tree.ts';
import { byDefault, type Fact, fact, shown } from './fact.ts';
import { chooseVersion, type Versions } from './versions.ts';

/** A place where a repository may write the version it wants. */
export type Declaration = (tree: Tree) => Fact | undefined;

/** A file that holds nothing but the version, such as .nvmrc. */
export function versionFile(path: string, prefix = ''): Declaration {
  return (tree) => {
    const [line] = linesOf(tree, path);
    return line === undefined ? undefined : fact(line.replace(prefix, ''), tree.name(path), line);
  };
}

/** The files of asdf and mise. */
export function toolVersion(...names: readonly string[]): Declaration {
  const pattern = new RegExp(`^(?:${names.join('|')})\\s{1,20}([^\\s#]{1,40})`);
  return (tree) => {
    const asdf = lineWith(tree, '.tool-versions', pattern);
    if (asdf !== undefined) return fact(asdf.found, tree.name('.tool-versions'), asdf.line);
    for (const path of ['mise.toml', '.mise.toml']) {
      const tools = readToml(tree, path);
      for (const name of names) {
        const version = textAt(tools, 'tools', name) ?? textAt(tools, 'tools', name, 'version');
        if (version !== undefined) return fact(version, tree.name(path), `${name} = "${version}"`);
      }
    }
    return undefined;
  };
}

/** The first declaration that can be followed; one that cannot is a note for people. */
export function versionOf(
  tree: Tree,
  declarations: readonly Declaration[],
  versions: Versions,
): { version: Fact; notes: string[] } {
  const notes: string[] = [];
  for (const declaration of declarations) {
    const wanted = declaration(tree);
    if (wanted === undefined) continue;
    const value = chooseVersion(wanted.value, versions);
    if (value !== undefined) return { version: { ...wanted, value }, notes };
    notes.push(`${wanted.source} asks for version "${shown(wanted.value).slice(0, 40)}", which is not known here`);
  }
  return { version: byDefault(versions.preferred, 'no file names a version'), notes };
}
