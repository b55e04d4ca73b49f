import type { DeploymentSpec } from '../../../crds/deployment/spec.ts';

export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Every place that names it agrees, or it is tracked. */
  readonly track: boolean;
  /** Keys that must be there. */
  readonly keys: readonly string[];
}

interface Mention extends Omit<Reference, 'track' | 'keys'> {
  readonly track?: boolean | undefined;
  readonly key?: string;
}

type Settings = Pick<DeploymentSpec, 'workload' | 'target'>;

/** Every ConfigMap and Secret that the workload names, once, in a fixed order. */
export function referencesOf(spec: Settings): Reference[] {
  const merged = new Map<string, Reference>();
  for (const mention of mentions(spec)) {
    const id = `${mention.kind}/${mention.name}`;
    merged.set(id, merge(merged.get(id), mention));
  }
  return [...merged.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
}

function merge(known: Reference | undefined, { kind, name, key, track = true }: Mention): Reference {
  const keys = new Set([...(known?.keys ?? []), ...(key === undefined ? [] : [key])]);
  return { kind, name, track: track || known?.track === true, keys: [...keys].sort() };
}

function mentions({ workload, target }: Settings): Mention[] {
  const env = (workload.env ?? []).map(({ valueFrom }) => valueFrom);
  const { envFrom = [] } = workload;
  const volumes = target.cluster?.volumes ?? [];
  return [
    ...mention('ConfigMap', [
      ...env.map((from) => from?.configMapKeyRef),
      ...envFrom.map(({ configMapRef }) => configMapRef),
      ...volumes.map(({ configMap }) => configMap),
    ]),
    ...mention('Secret', [
      ...env.map((from) => from?.secretKeyRef),
      ...envFrom.map(({ secretRef }) => secretRef),
      ...volumes.map(({ secret }) => secret),
    ]),
  ];
}

interface Named {
  name: string;
  key?: string;
  track?: boolean | undefined;
}

function mention(kind: Reference['kind'], named: readonly (Named | undefined)[]): Mention[] {
  return named.flatMap((each) => (each === undefined ? [] : [Object.assign({ kind }, each)]));
}
