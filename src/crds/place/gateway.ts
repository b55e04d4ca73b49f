import { z } from 'zod';
import { atomicList, listMap, listSet } from '../fields/lists.ts';
import { objectName } from '../fields/names.ts';
import { exactlyOne, withRules } from '../fields/rules.ts';
import { text } from '../fields/text.ts';
import { hostname } from '../fields/urls.ts';

const routeKinds = ['HTTPRoute', 'GRPCRoute'] as const;

const parentRef = z.strictObject({
  name: objectName().describe('Name of the Gateway.'),
  namespace: objectName()
    .optional()
    .describe('Namespace of the Gateway, which must allow routes from here. Default: this namespace.'),
  sectionName: objectName().optional().describe('One listener of the Gateway. Default: all that fit.'),
});

const routeRef = z.strictObject({
  kind: z.enum(routeKinds).default('HTTPRoute').describe('Kind of the route. Default HTTPRoute.'),
  name: objectName().describe(
    'Name of your route, in this namespace. It must name both Services of this Deployment; only their weights are changed.',
  ),
});

const shape = exactlyOne(
  z.strictObject({
    parentRefs: atomicList(parentRef, { max: 8, min: 1 })
      .optional()
      .describe('Gateways for a route that the operator makes and owns.'),
    routeRefs: listMap(routeRef, { max: 16, min: 1, keys: ['kind', 'name'] })
      .optional()
      .describe('Routes of your own instead; the operator changes only weights.'),
    hostnames: listSet(hostname(), { max: 16 })
      .optional()
      .describe('Host names of the route that the operator makes. Default: every name of the listener.'),
    kind: z.enum(routeKinds).optional().describe('Kind of the route that the operator makes. Default HTTPRoute.'),
    sessionCookie: text(64, {
      matches: { pattern: '^[-A-Za-z0-9_]+$', message: "write a cookie name: letters, digits, '-' and '_'" },
    })
      .optional()
      .describe('Cookie that keeps a visitor on one release. Needs a gateway with session persistence. Default none.'),
  }),
  ['parentRefs', 'routeRefs'],
  'set exactly one of parentRefs (the operator makes the route) and routeRefs (your own routes)',
);

/** Where requests enter. A route of the user's own keeps everything but its weights. */
export const gateway = withRules(shape, {
  rule: '!has(self.routeRefs) || (!has(self.hostnames) && !has(self.kind) && !has(self.sessionCookie))',
  message:
    'hostnames, kind and sessionCookie belong to a route that the operator makes; set them in your own route instead',
  holds: (value) =>
    value.routeRefs === undefined ||
    (value.hostnames === undefined && value.kind === undefined && value.sessionCookie === undefined),
});

export type Gateway = z.output<typeof gateway>;
