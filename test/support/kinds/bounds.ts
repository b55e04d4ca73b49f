import { type Node, type Segments, secondItem, smallest } from './values.ts';

/** A value that is one past a bound, where it goes, and what the server has to say about it. */
export interface Breach {
  bound: string;
  path: Segments;
  value: unknown;
  field: Segments;
  message: string;
}

type Maker = (node: Node) => Breach | undefined;

/** Each kind of bound that a CRD of ours can have. A keyword that is missing here fails the test of completeness. */
const makers: Record<string, Maker> = {
  maxLength: at(({ structural }) => [
    'a'.repeat((structural.maxLength ?? 0) + 1),
    `Too long: may not be more than ${structural.maxLength ?? 0} `,
  ]),
  minLength: at(({ structural }) => ['', `should be at least ${structural.minLength ?? 0} chars long`]),
  pattern: at(({ structural }) => [' ', `should match '${structural.pattern ?? ''}'`]),
  enum: at(({ structural }) => [
    'no-such-value',
    `Unsupported value: "no-such-value": supported values: ${(structural.enum ?? []).map((value) => `"${String(value)}"`).join(', ')}`,
  ]),
  minimum: at(({ structural }) => [
    (structural.minimum ?? 0) - 1,
    `should be greater than or equal to ${structural.minimum ?? 0}`,
  ]),
  maximum: at(({ structural }) => [
    (structural.maximum ?? 0) + 1,
    `should be less than or equal to ${structural.maximum ?? 0}`,
  ]),
  maxItems: at(({ described, structural }) => {
    const max = structural.maxItems ?? 0;
    return [Array.from({ length: max + 1 }, () => smallest(described.items ?? {})), `must have at most ${max} item`];
  }),
  minItems: at(({ structural }) => [[], `should have at least ${structural.minItems ?? 0} items`]),
};

/** Every breach of the bounds of one node: its own keywords, required fields and the uniqueness of lists. */
export function breachesOf(node: Node): Breach[] {
  const own = Object.entries(makers)
    .filter(([keyword]) => Object.hasOwn(node.structural, keyword))
    .map(([, make]) => make(node));
  return [...own, ...requiredBreaches(node), duplicate(node)].filter((breach) => breach !== undefined);
}

function at(make: (node: Node) => [value: unknown, message: string]): Maker {
  return (node) => {
    const [value, message] = make(node);
    return { bound: message, path: node.path, field: node.path, value, message };
  };
}

function requiredBreaches({ path, described, structural }: Node): Breach[] {
  const value = smallest(described);
  return (structural.required ?? []).map((name) => {
    const { [name]: _left, ...rest } = value as Record<string, unknown>;
    return { bound: `${name} is required`, path, field: [...path, name], value: rest, message: 'Required value' };
  });
}

function duplicate({ path, described, structural }: Node): Breach | undefined {
  const type = structural['x-kubernetes-list-type'];
  if ((type !== 'map' && type !== 'set') || (structural.maxItems ?? 0) < 2) return undefined;
  const entry = smallest(described.items ?? {});
  return { bound: 'unique', path, field: [...path, secondItem], value: [entry, entry], message: 'Duplicate value' };
}
