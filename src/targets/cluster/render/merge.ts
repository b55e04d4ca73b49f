type Tree = Readonly<Record<string, unknown>>;

/** Lists of a pod template whose items have a key, as core/v1 declares them. Every other list is replaced as a whole. */
const listKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  imagePullSecrets: 'name',
  env: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  schedulingGates: 'name',
  resourceClaims: 'name',
};

/** Puts a podTemplatePatch over a template. Null takes a field away; neither argument is changed. */
export function merged(base: Tree, patch: Tree): Tree {
  const fields = [...new Set([...Object.keys(base), ...Object.keys(patch)])];
  // By entries, so that a field called __proto__ is a field like any other, for the API server to refuse.
  return Object.fromEntries(
    fields.flatMap((field): [string, unknown][] => {
      if (!Object.hasOwn(patch, field)) return [[field, base[field]]];
      const value = patch[field];
      return value === null
        ? []
        : [[field, mergedField(field, Object.hasOwn(base, field) ? base[field] : undefined, value)]];
    }),
  );
}

function mergedField(field: string, base: unknown, patch: unknown): unknown {
  if (isTree(patch)) return merged(isTree(base) ? base : {}, patch);
  const key = Object.hasOwn(listKeys, field) ? listKeys[field] : undefined;
  if (key === undefined || !isListOfTrees(base) || !isListOfTrees(patch)) return patch;
  return mergedList(key, base, patch);
}

/** Items of the base keep their place; new ones come after them. */
function mergedList(key: string, base: readonly Tree[], patch: readonly Tree[]): Tree[] {
  const known = new Set(base.map((item) => item[key]));
  const changes = new Map(patch.map((item) => [item[key], item]));
  const kept = base.map((item) => merged(item, changes.get(item[key]) ?? {}));
  return [...kept, ...patch.filter((item) => !known.has(item[key])).map((item) => merged({}, item))];
}

function isListOfTrees(value: unknown): value is Tree[] {
  return Array.isArray(value) && value.every(isTree);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
