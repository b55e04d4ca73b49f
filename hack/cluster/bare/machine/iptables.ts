import { run } from '../../../lib/run.ts';

/** Written into every rule that this tool makes itself, so that it can be told from everybody else's. */
const ruleComment = 'vish-cluster';

export const families = ['iptables', 'ip6tables'] as const;
export type Family = (typeof families)[number];

/** Chains that kubelet, kube-proxy, the CNI plugins and our own agent for NetworkPolicy make, under fixed names. */
const nodeChain = /^(KUBE-|CNI-|VISH-NP(-|$))/;

interface Table {
  readonly name: string;
  readonly chains: readonly string[];
  /** Rules as `iptables-save` prints them: `-A CHAIN ...`. */
  readonly rules: readonly string[];
}

/** Reads the output of `iptables-save`. */
function parseTables(saved: string): Table[] {
  const tables: { name: string; chains: string[]; rules: string[] }[] = [];
  for (const line of saved.split('\n')) {
    const last = tables.at(-1);
    if (line.startsWith('*')) tables.push({ name: line.slice(1), chains: [], rules: [] });
    else if (line.startsWith(':')) last?.chains.push(line.slice(1).split(' ')[0] ?? '');
    else if (line.startsWith('-A ')) last?.rules.push(line);
  }
  return tables;
}

/** Chains that only a Kubernetes node makes. */
export function nodeChains(saved: string): string[] {
  return parseTables(saved).flatMap((table) => table.chains.filter((chain) => nodeChain.test(chain)));
}

/**
 * Input for `iptables-restore --noflush` that removes a node's chains, the rules that lead into them and this tool's
 * own rules, and nothing else. Empty when there is nothing to remove.
 */
export function removalScript(saved: string): string {
  return parseTables(saved).map(removeFromTable).join('');
}

function removeFromTable({ name, chains, rules }: Table): string {
  const own = chains.filter((chain) => nodeChain.test(chain));
  const outside = rules.filter((rule) => !nodeChain.test(chainOf(rule)));
  const deletions = outside.filter((rule) => isOwn(rule)).map((rule) => `-D${rule.slice(2)}`);
  if (own.length === 0 && deletions.length === 0) return '';
  // Chains refer to each other: all must be empty before the first can go.
  const steps = [...deletions, ...own.map((chain) => `-F ${chain}`), ...own.map((chain) => `-X ${chain}`)];
  return [`*${name}`, ...steps, 'COMMIT', ''].join('\n');
}

function chainOf(rule: string): string {
  return rule.split(' ')[1] ?? '';
}

function isOwn(rule: string): boolean {
  const target = /-[jg] (\S+)/.exec(rule)?.[1] ?? '';
  return nodeChain.test(target) || rule.includes(`--comment ${ruleComment}`);
}

/** What `iptables-save` prints; empty where the command is missing. */
export async function savedRules(family: Family): Promise<string> {
  const { stdout } = await run(`${family}-save`, [], { allowFailure: true });
  return stdout;
}

/** Adds a rule of ours unless it is there. */
export async function ensureRule(
  table: string,
  chain: string,
  rule: readonly string[],
  family: Family = 'iptables',
): Promise<void> {
  const marked = [...rule, '-m', 'comment', '--comment', ruleComment];
  const target = ['-w', '5', '-t', table];
  const { code } = await run(family, [...target, '-C', chain, ...marked], { allowFailure: true });
  if (code !== 0) await run(family, [...target, '-I', chain, ...marked]);
}

/** Removes the node's rules from both families. */
export async function removeRules(): Promise<void> {
  for (const family of families) {
    const script = removalScript(await savedRules(family));
    if (script !== '') await run(`${family}-restore`, ['-w', '5', '--noflush'], { input: script });
  }
}

/** Tables of nftables by `family name`; iptables makes them on first use and leaves them empty. */
export async function nftTables(): Promise<string[]> {
  const { stdout } = await run('nft', ['list', 'tables'], { allowFailure: true });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('table '))
    .map((line) => line.slice('table '.length).trim());
}

/** Removes tables that were not there before and hold no rule now: the state from before the first use of iptables. */
export async function removeEmptyTables(before: readonly string[]): Promise<void> {
  for (const table of (await nftTables()).filter((name) => !before.includes(name))) {
    const [family = '', name = ''] = table.split(' ');
    if (!['ip', 'ip6'].includes(family)) continue;
    const { stdout } = await run('nft', ['--json', 'list', 'table', family, name], { allowFailure: true });
    if (!stdout.includes('"rule"')) await run('nft', ['delete', 'table', family, name], { allowFailure: true });
  }
}
