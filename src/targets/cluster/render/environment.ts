import type { Workload } from '../../../crds/workload/workload.ts';
import type { ConfigurationCopy } from '../../../rollout/release.ts';
import type { Container } from './container.ts';

type Variable = NonNullable<Workload['env']>[number];
type Variables = NonNullable<Workload['envFrom']>[number];
type EnvVar = NonNullable<Container['env']>[number];
type EnvFromSource = NonNullable<Container['envFrom']>[number];

interface Source {
  readonly name: string;
  readonly track?: boolean | undefined;
}

/** The name under which a release finds the content of a ConfigMap or Secret. */
export type CopyName = (kind: ConfigurationCopy['kind'], source: Source) => string;

/** The copy that the release holds; the source itself where it is not tracked. */
export function copyNames(configuration: readonly ConfigurationCopy[]): CopyName {
  return (kind, { name, track = true }) => {
    const held = configuration.find((copy) => copy.kind === kind && copy.source === name);
    return track ? (held?.copy ?? name) : name;
  };
}

export function envOf(variables: Workload['env'] = [], copyOf: CopyName): EnvVar[] {
  return variables.map((variable) => oneVariable(variable, copyOf));
}

function oneVariable({ name, value = '', valueFrom }: Variable, copyOf: CopyName): EnvVar {
  if (valueFrom === undefined) return { name, value };
  const { configMapKeyRef, secretKeyRef } = valueFrom;
  if (configMapKeyRef !== undefined) {
    const { key } = configMapKeyRef;
    return { name, valueFrom: { configMapKeyRef: { name: copyOf('ConfigMap', configMapKeyRef), key } } };
  }
  if (secretKeyRef === undefined) return { name, value };
  return { name, valueFrom: { secretKeyRef: { name: copyOf('Secret', secretKeyRef), key: secretKeyRef.key } } };
}

export function envFromOf(list: Workload['envFrom'] = [], copyOf: CopyName): EnvFromSource[] {
  return list.map((variables) => oneSource(variables, copyOf));
}

function oneSource({ prefix, configMapRef, secretRef }: Variables, copyOf: CopyName): EnvFromSource {
  return {
    ...(prefix === undefined ? {} : { prefix }),
    ...(configMapRef === undefined ? {} : { configMapRef: { name: copyOf('ConfigMap', configMapRef) } }),
    ...(secretRef === undefined ? {} : { secretRef: { name: copyOf('Secret', secretRef) } }),
  };
}
