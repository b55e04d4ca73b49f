import { z } from 'zod';
import { type CelRule, type Rule, withRules, withTransition } from '../fields/rules.ts';

export const group = 'vish.dev';
export const version = 'v1alpha1';
export const apiVersion = `${group}/${version}` as const;
export const category = 'vish';

/** Metadata as the operator reads it. The API server owns its shape, so it is not checked here. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface Column {
  name: string;
  path: string;
  type?: 'string' | 'integer' | 'boolean' | 'date';
  wide?: boolean;
}

export const age: Column = { name: 'Age', path: '.metadata.creationTimestamp', type: 'date' };

/** Values of the scale subresource, which autoscalers and `kubectl scale` use. */
export interface ScalePaths {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath: string;
}

interface KindOptions<Name extends string, Spec extends z.ZodType, Status extends z.ZodType> {
  kind: Name;
  plural: string;
  shortName: string;
  summary: string;
  spec: Spec;
  status: Status;
  columns: readonly Column[];
  /** Rules over the whole object: the only ones that see the name. */
  rules?: readonly Rule<{ metadata: ObjectMeta; spec: z.output<Spec> }>[];
  transitions?: readonly CelRule[];
  scale?: ScalePaths;
}

/** Ties a spec and a status to a kind. From the result come the types, the CRD and the reference page. */
export function defineKind<const Name extends string, Spec extends z.ZodType, Status extends z.ZodType>(
  options: KindOptions<Name, Spec, Status>,
) {
  const { kind, spec, status, rules = [], transitions = [], ...rest } = options;
  const object = z.strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(kind),
    metadata: z.custom<ObjectMeta>((value) => typeof value === 'object' && value !== null).meta({ type: 'object' }),
    spec: spec.describe('What is wanted.'),
    status: status.optional().describe('What is. Written by the operator alone.'),
  });
  const ruled = rules.reduce<typeof object>(
    (schema, rule) => withRules(schema, rule as Rule<z.output<typeof object>>),
    object,
  );
  const schema = transitions.reduce((result, rule) => withTransition(result, rule), ruled);
  return { kind, schema: schema.describe(options.summary), ...rest };
}

/** What the generator needs to know of a kind. */
export interface Kind
  extends Pick<KindOptions<string, z.ZodType, z.ZodType>, 'plural' | 'shortName' | 'summary' | 'columns' | 'scale'> {
  kind: string;
  schema: z.ZodType;
}
