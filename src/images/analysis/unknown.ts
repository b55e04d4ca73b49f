import { shown } from './plan/fact.ts';
import type { Tree } from './tree/tree.ts';

/** Nothing to go by. All three parts are shown to the repository's author. */
export interface Unknown {
  readonly kind: 'Unknown';
  readonly message: string;
  readonly lookedFor: readonly string[];
  /** A Dockerfile to begin with. */
  readonly suggestion: readonly string[];
}

const everything: readonly string[] = [
  'Dockerfile',
  'composer.json or index.php (PHP)',
  'go.mod (Go)',
  'pom.xml or build.gradle (Java)',
  'Cargo.toml (Rust)',
  'Gemfile (Ruby)',
  'mix.exs (Elixir)',
  'pyproject.toml, requirements.txt, uv.lock or manage.py (Python)',
  'deno.json (Deno)',
  '*.csproj (.NET)',
  'package.json (Node, Bun)',
  'index.html or public/index.html (static files)',
];

/** A file that was found and cannot be followed says it all; else people want to know what was looked for. */
export function unknown(message: string, lookedFor: readonly string[] = everything): Unknown {
  const suggestion = ['FROM debian:bookworm-slim', 'COPY . /app', 'CMD ["/app/start"]'];
  return { kind: 'Unknown', message, lookedFor, suggestion };
}

const signs =
  /^(?:[^/]{1,100}\/){1,2}(?:Dockerfile|composer\.json|go\.mod|pom\.xml|Cargo\.toml|Gemfile|mix\.exs|pyproject\.toml|requirements\.txt|deno\.jsonc?|package\.json)$/;

/** For a repository of several services, which has nothing in its root. */
export function nothingIn(service: Tree, path: string): Unknown {
  const message = `no kind of project is recognised in "${path}"`;
  const found = service.files.filter((file) => signs.test(file)).map((file) => shown(service.name(file)));
  if (found.length === 0) return unknown(message);
  return unknown(`${message}, but there is ${found.slice(0, 5).join(', ')}; set path to the folder that is wanted`);
}
