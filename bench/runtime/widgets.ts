import type { KubeObject } from '../../src/kube/object/object.ts';
import type { Resource } from '../../src/kube/object/resource.ts';

/** The custom object that both sides work on. Its twin in Go is twin/widget.go. */
export interface Widget extends KubeObject {
  spec: { round?: number; payload?: Record<string, string> };
  status?: { observedGeneration?: number; phase?: string };
}

export const widgets: Resource<Widget> = {
  group: 'bench.vish.dev',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};

export const namespace = 'default';
/** For rows that measure both sides at the same time: each works on objects of its own. */
export const places = { ours: 'ours', peer: 'peer' } as const;

const text = { type: 'string' };
const integer = { type: 'integer', format: 'int64' };
const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: { round: integer, payload: { type: 'object', additionalProperties: text } },
    },
    status: { type: 'object', properties: { observedGeneration: integer, phase: text } },
  },
};

export const widgetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.bench.vish.dev' },
  spec: {
    group: widgets.group,
    scope: 'Namespaced',
    names: { kind: widgets.kind, plural: widgets.plural, singular: 'widget', listKind: 'WidgetList' },
    versions: [
      { name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: schema } },
    ],
  },
};

const line = 'x'.repeat(180);

/** A widget of about `bytes`, the same every time; `settled` ones have a status that leaves nothing to write. */
export function widget(index: number, bytes: number, place: string = namespace): Widget {
  const lines = Math.max(1, Math.round((bytes - 600) / 200));
  const payload = Object.fromEntries(Array.from({ length: lines }, (_, key) => [`line-${key}`, line]));
  return {
    apiVersion: 'bench.vish.dev/v1',
    kind: 'Widget',
    metadata: { name: `widget-${index}`, namespace: place, labels: { app: `app-${index % 100}` } },
    spec: { payload },
  };
}
