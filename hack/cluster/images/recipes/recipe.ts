import type { RunSettings } from '../oci/types.ts';

/** Programs that are built elsewhere from their Go modules. */
export type BinaryName = 'buildkitd' | 'buildctl' | 'runc' | 'syft-scanner';

/** Gives the path of a program for Linux on this machine's architecture; builds it first when there is none. */
export type Binaries = (name: BinaryName) => Promise<string>;

export interface Preparation {
  /** An empty tree that is laid over the parent before the script runs. */
  tree: string;
  /** A folder for downloads; removed afterwards. */
  scratch: string;
  binary: Binaries;
}

/** How one image is made: one layer on top of its parent, from files put in place and a script run inside. */
export interface Recipe {
  /** Short name, for `--only` and progress lines. */
  name: string;
  /** The recipe's own file: when its text changes, the image is made again. */
  source: string;
  /** Names that the image is pushed as. */
  references: readonly string[];
  /** The recipe whose layers this one adds to. Without one the layer starts from Debian's packages alone. */
  parent?: string;
  /** One line for people: what the layer consists of. Stands in the image's history and labels. */
  madeFrom: string;
  /** Puts files into the tree. Default: none. */
  prepare?: (work: Preparation) => Promise<void>;
  /** Shell, run as root inside the tree. Default: none. */
  script?: string;
  /** Shell that prints the version of the main program; must contain `expects`, or the tag would be a lie. */
  version: { command: string; expects: string };
  /** Makes this folder of the tree the image's only layer, without the parent's. Default: the whole tree is added. */
  onlyFolder?: string;
  settings: RunSettings;
}
