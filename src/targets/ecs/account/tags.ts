/** ECS writes `key`, ECR writes `Key`. */
interface AnyTag {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

type Tags = Readonly<Record<string, string>>;

export function hasTags(found: readonly AnyTag[] | undefined, wanted: Tags): boolean {
  const values = new Map((found ?? []).map((tag) => [tag.key ?? tag.Key, tag.value ?? tag.Value]));
  return Object.entries(wanted).every(([key, value]) => values.get(key) === value);
}

export const ecsTags = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));
export const ecrTags = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
