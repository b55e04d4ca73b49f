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
