import type { Action } from './actions.ts';
import type { Exchange } from './exchange.ts';

export interface FaultRule {
  /** Which requests: a part of the path with query, an expression on it, or a function. Default: all. */
  match?: string | RegExp | ((exchange: Exchange) => boolean);
  /** What happens to them; several work from the first to the last. */
  action: Action | readonly Action[];
  /** For how many requests. Default: until removed. */
  times?: number;
}

export interface Fault {
  /** Requests that it has met. */
  readonly hits: number;
  remove(): void;
}

export interface RuleBook {
  add(rule: FaultRule): Fault;
  /** The actions of the first rule that matches, which is used up by one. */
  take(exchange: Exchange): readonly Action[];
  clear(): void;
}

interface Entry {
  rule: FaultRule;
  hits: number;
}

export function createRuleBook(): RuleBook {
  const entries = new Set<Entry>();
  return {
    add(rule) {
      const entry = { rule, hits: 0 };
      entries.add(entry);
      return {
        get hits() {
          return entry.hits;
        },
        remove: () => void entries.delete(entry),
      };
    },
    take(exchange) {
      for (const entry of entries) {
        const { rule } = entry;
        if (entry.hits >= (rule.times ?? Number.POSITIVE_INFINITY) || !matches(rule.match, exchange)) continue;
        entry.hits++;
        return Array.isArray(rule.action) ? (rule.action as readonly Action[]) : [rule.action as Action];
      }
      return [];
    },
    clear: () => entries.clear(),
  };
}

function matches(match: FaultRule['match'], exchange: Exchange): boolean {
  if (match === undefined) return true;
  if (typeof match === 'string') return exchange.path.includes(match);
  return match instanceof RegExp ? match.test(exchange.path) : match(exchange);
}
