import type { V1LabelSelector } from '@kubernetes/client-node';

type Labels = Readonly<Record<string, string>>;
type Requirement = NonNullable<V1LabelSelector['matchExpressions']>[number];

/** An empty selector takes everything; all that it lists must hold. */
export function selects(selector: V1LabelSelector, labels: Labels): boolean {
  const wanted = Object.entries(selector.matchLabels ?? {});
  const requirements = selector.matchExpressions ?? [];
  return (
    wanted.every(([name, value]) => labels[name] === value) &&
    requirements.every((requirement) => holds(requirement, labels[requirement.key]))
  );
}

/** An operator that is not known here selects nothing: a mistake must not open anything. */
function holds({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  if (operator === 'In') return value !== undefined && values.includes(value);
  return operator === 'NotIn' && (value === undefined || !values.includes(value));
}
