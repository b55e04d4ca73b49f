import type { Ruleset } from './rules.ts';
import { prefix } from './sets.ts';

/**
 * The table that holds our chains. What passes it goes on to the filter table, so our "no" cannot be overruled by a rule
 * of kube-proxy or Docker that accepts first, and our "yes" overrules nobody.
 */
export const table = 'mangle';

/** For `ipset restore -exist`: makes what is not there, changes nothing that is. */
export function setScript({ sets }: Ruleset): string {
  const lines = sets.flatMap(({ name, type, entries }) => [
    `create ${name} ${type} family inet`,
    ...entries.map((entry) => `add ${name} ${entry}`),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

/** For `iptables-restore --noflush`, which replaces these chains in one step or not at all. */
export function ruleScript({ chains }: Pick<Ruleset, 'chains'>): string {
  const heads = Object.keys(chains).map((chain) => `:${chain} - [0:0]`);
  const rules = Object.entries(chains).flatMap(([chain, list]) => list.map((rule) => `-A ${chain} ${rule}`));
  return [`*${table}`, ...heads, ...rules, 'COMMIT', ''].join('\n');
}

/**
 * Pods have no address of IPv6 that Kubernetes knows of, but one each that the kernel made, and by those they would reach
 * each other and the node past every policy.
 */
export function v6Script(bridge: string): string {
  return ruleScript({ chains: { [prefix]: [`-i ${bridge} -j DROP`] } });
}
