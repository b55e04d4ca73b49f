import { apiVersion, type Column, category, group, type Kind, version } from '../kind/kind.ts';
import { describeSchema, type Schema, toStructural } from './structural.ts';

export interface CustomResourceDefinition {
  apiVersion: 'apiextensions.k8s.io/v1';
  kind: 'CustomResourceDefinition';
  metadata: { name: string };
  spec: {
    group: string;
    names: {
      kind: string;
      listKind: string;
      plural: string;
      singular: string;
      shortNames: string[];
      categories: string[];
    };
    scope: 'Namespaced';
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      schema: { openAPIV3Schema: Schema };
      subresources: { status: object; scale?: object };
      additionalPrinterColumns: object[];
    }[];
  };
}

export function crdOf(kind: Kind): CustomResourceDefinition {
  const { plural, shortName } = kind;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural,
        singular: kind.kind.toLowerCase(),
        shortNames: [shortName],
        categories: [category],
      },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: rootSchema(kind) },
          subresources: kind.scale === undefined ? { status: {} } : { status: {}, scale: kind.scale },
          additionalPrinterColumns: kind.columns.map(printerColumn),
        },
      ],
    },
  };
}

/** The server itself checks these three; constraints on them are ignored or refused there. */
function rootSchema(kind: Kind): Schema {
  const root = toStructural(describeSchema(kind.schema), { path: kind.kind, times: 1 });
  return {
    ...root,
    properties: {
      ...root.properties,
      apiVersion: { description: `Always ${apiVersion}.`, type: 'string' },
      kind: { description: `Always ${kind.kind}.`, type: 'string' },
      metadata: { type: 'object' },
      ...unseenStatus(root.properties?.['status']),
    },
    required: ['spec'],
  };
}

/**
 * kstatus, and with it Flux and Helm's --wait, takes an object that says nothing for one that is done: a waiter that is faster
 * than the operator would go on. So a status says from the start that no generation was seen.
 */
function unseenStatus(status: Schema | undefined): Record<string, Schema> {
  if (status?.properties?.['observedGeneration'] === undefined) return {};
  return { status: { ...status, default: { observedGeneration: -1 } } };
}

function printerColumn({ name, path, type = 'string', wide = false }: Column): object {
  return { name, type, jsonPath: path, ...(wide ? { priority: 1 } : {}) };
}
