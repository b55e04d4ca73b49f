import type { Recipe } from './recipe.ts';
import { all, db, web } from './words.ts';

export const isolation: readonly Recipe[] = [
  {
    name: 'without a policy everybody reaches everybody',
    policies: () => [],
    allowed: ['team/other > shop/web:8080', 'shop/web > node:registry', 'shop/db > team/client:8090'],
    refused: [],
  },
  {
    name: 'deny all ingress: nobody gets in, all get out',
    policies: () => [['shop', { podSelector: all, policyTypes: ['Ingress'] }]],
    allowed: ['shop/web > team/other:8080', 'shop/web > node:registry', 'team/client > team/other:8080'],
    refused: ['team/client > shop/web:8080', 'shop/client > shop/web:8080', 'shop/web > shop/db:8081'],
  },
  {
    name: 'deny all egress: nobody gets out, also not to the node, and others get in',
    policies: () => [['shop', { podSelector: all, policyTypes: ['Egress'] }]],
    allowed: ['team/client > shop/web:8080', 'team/other > shop/db:8081'],
    refused: ['shop/web > team/other:8080', 'shop/web > shop/db:8081', 'shop/web > node:registry'],
  },
  {
    name: 'deny both',
    policies: () => [['shop', { podSelector: all, policyTypes: ['Ingress', 'Egress'] }]],
    allowed: ['team/client > team/other:8080'],
    refused: ['team/client > shop/web:8080', 'shop/web > team/other:8080', 'shop/web > shop/db:8080'],
  },
  {
    name: 'allow all ingress takes away what denies it',
    policies: () => [
      ['shop', { podSelector: all, policyTypes: ['Ingress'] }],
      ['shop', { podSelector: all, policyTypes: ['Ingress'], ingress: [{}] }],
    ],
    allowed: ['team/client > shop/web:8080', 'shop/web > shop/db:8081'],
    refused: [],
  },
  {
    name: 'allow all egress takes away what denies it',
    policies: () => [
      ['shop', { podSelector: all, policyTypes: ['Egress'] }],
      ['shop', { podSelector: all, policyTypes: ['Egress'], egress: [{}] }],
    ],
    allowed: ['shop/web > team/client:8080', 'shop/web > node:registry'],
    refused: [],
  },
  {
    name: 'a policy without types is for ingress, and pods that it does not select stay open',
    policies: () => [['shop', { podSelector: db }]],
    allowed: ['shop/db > shop/web:8080', 'shop/client > shop/web:8080', 'team/client > shop/web:8080'],
    refused: ['shop/client > shop/db:8080', 'team/client > shop/db:8081'],
  },
  {
    name: 'a policy without types that has egress rules is for both',
    policies: () => [['shop', { podSelector: web, egress: [{ to: [{ podSelector: db }] }] }]],
    allowed: ['shop/web > shop/db:8081', 'shop/client > shop/db:8081'],
    refused: ['shop/web > shop/client:8080', 'shop/client > shop/web:8080'],
  },
];
