import { fact } from '../plan/fact.ts';
import type { Variable } from '../plan/plan.ts';
import { linesOf } from '../read/lines.ts';
import { firstOf, type Tree } from '../tree/tree.ts';
import type { Source } from './sources.ts';

const name = '([A-Z][A-Z0-9_]{1,80})';

/** How languages read their environment. Each names the variable and nothing behind it: a default may be a secret. */
const reads: readonly RegExp[] = [
  new RegExp(`\\b(?:process|Bun|import\\.meta)\\.env\\.${name}\\b`, 'g'),
  new RegExp(`\\b(?:process\\.env|os\\.environ|ENV|\\$_ENV|\\$_SERVER)\\[["']${name}["']\\]`, 'g'),
  new RegExp(
    `\\b(?:os\\.getenv|os\\.environ\\.get|os\\.Getenv|os\\.LookupEnv|env::var|env!|System\\.getenv|ENV\\.fetch|getenv|env)\\(\\s{0,4}["']${name}["']`,
    'g',
  ),
  new RegExp(
    `\\b(?:System\\.(?:fetch|get)_env!?|Deno\\.env\\.get|Environment\\.GetEnvironmentVariable)\\(\\s{0,4}"${name}"`,
    'g',
  ),
];
const samples = ['.env.example', '.env.sample', '.env.template', '.env.dist'];

const secret =
  /(?:^|_)(?:KEY|SECRET|TOKEN|PASSWORD|PASS|PASSWD|DSN|CREDENTIALS?|SALT|PRIVATE)(?:_|$)|(?:DATABASE|REDIS|MONGO|MONGODB|POSTGRES|AMQP|RABBITMQ)_UR[IL]$|_KEY_BASE$/;
const atBuild = /^(?:NEXT_PUBLIC|VITE|NUXT_PUBLIC|PUBLIC|REACT_APP|GATSBY)_/;
/** Set by us, by Kubernetes, or by everybody. */
const known =
  /^(?:PORT|HOST|HOSTNAME|HOME|PATH|PWD|USER|TMPDIR|TZ|LANG|CI|DEBUG|NODE_ENV|RAILS_ENV|RACK_ENV|MIX_ENV|APP_ENV|PROD|DEV|MODE|SSR|BASE_URL|PHX_SERVER|REQUEST_URI|REQUEST_METHOD|DOCUMENT_ROOT|KUBERNETES_.*)$/;
const max = 100;

/** What a person has to provide: names, and where each was seen. Never a value. */
export function variablesOf(tree: Tree, sources: readonly Source[]): Variable[] {
  const found = new Map<string, Variable>();
  const add = (variable: string, source: string, evidence: string) => {
    if (known.test(variable) || found.has(variable) || found.size >= max) return;
    const traits = { secret: secret.test(variable) && !atBuild.test(variable), atBuild: atBuild.test(variable) };
    found.set(variable, { ...fact(variable, source, evidence), ...traits });
  };
  const sample = firstOf(tree, samples);
  for (const line of sample === undefined ? [] : linesOf(tree, sample)) {
    const [, variable] = /^(?:export )?([A-Z][A-Z0-9_]{1,80})\s{0,9}=/.exec(line) ?? [];
    if (variable !== undefined) add(variable, tree.name(sample ?? ''), `${variable}=`);
  }
  for (const { path, text } of sources) {
    for (const pattern of reads) {
      for (const [quote, variable = ''] of text.matchAll(pattern)) add(variable, path, quote);
    }
  }
  return [...found.values()].sort((one, other) => one.value.localeCompare(other.value));
}
