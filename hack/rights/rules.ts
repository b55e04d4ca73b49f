import { readFileSync } from 'node:fs';
import { isSeq, parseDocument } from 'yaml';

/** Of RBAC, for resources. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface ShippedRule extends PolicyRule {
  /** The comment above it. */
  readonly why: string;
}

/** File of config/rbac to where its rules hold. */
export const places = {
  operator: 'in every namespace, or in those that `settings.namespaces` names',
  builds: 'in each of the two build namespaces besides',
  caches: 'in the build namespace of trusted builds besides',
  leader: "in the operator's own namespace besides",
  metrics: 'in the whole cluster, where `settings.metrics.protected` is set',
} as const;
export type Place = keyof typeof places;

export const placeNames = Object.keys(places) as Place[];

/** The operator's own rights, each with its reason. Throws where a rule has none. */
export function shippedRules(place: Place): ShippedRule[] {
  const path = `config/rbac/${place}.yaml`;
  return rulesOf(readFileSync(path, 'utf8'), path);
}

export function rulesOf(text: string, path: string): ShippedRule[] {
  const document = parseDocument(text);
  const sequence = document.get('rules');
  if (!isSeq<{ commentBefore?: string | null }>(sequence)) throw new Error(`${path} has no list of rules`);
  const { rules } = document.toJS() as { rules: PolicyRule[] };
  return rules.map((rule, index) => {
    // The first one's is held by the list.
    const comment = sequence.items[index]?.commentBefore ?? (index === 0 ? sequence.commentBefore : undefined);
    if (!comment) throw new Error(`${path}, rule ${index + 1}: write above it what the operator needs it for`);
    return explained(rule, comment);
  });
}

function explained(rule: PolicyRule, comment: string): ShippedRule {
  return { ...rule, why: comment.trim().replaceAll(/\s*\n\s*/g, ' ') };
}

export interface Right {
  /** `deployments.vish.dev/status`. */
  readonly resource: string;
  /** Only objects of this name; empty for all. */
  readonly name: string;
  readonly verbs: readonly string[];
  readonly why: readonly string[];
}

/** One entry for each resource and name with all its verbs, as `kubectl auth can-i --list` shows them. */
export function rightsOf(rules: readonly (PolicyRule & { why?: string })[]): Right[] {
  const single = rules.flatMap(({ apiGroups = [], resources = [], resourceNames = [''], verbs, why = '' }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((plural) =>
        resourceNames.map((name) => ({ resource: named(plural, group), name, verbs, why })),
      ),
    ),
  );
  const grouped = Map.groupBy(single, ({ resource, name }) => `${resource} ${name}`);
  return [...grouped.values()].map((same) => ({
    resource: same[0]?.resource ?? '',
    name: same[0]?.name ?? '',
    verbs: [...new Set(same.flatMap(({ verbs }) => verbs))].sort(),
    why: [...new Set(same.map(({ why }) => why))],
  }));
}

function named(plural: string, group: string): string {
  const [first = '', ...rest] = plural.split('/');
  return [group === '' ? first : `${first}.${group}`, ...rest].join('/');
}
