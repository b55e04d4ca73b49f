import type { Recipe } from './recipe.ts';
import { all, monitoring, tcp, web } from './words.ts';

export const ports: readonly Recipe[] = [
  {
    name: 'a range of ports',
    policies: () => [['shop', { podSelector: web, ingress: [{ ports: [tcp(8080, 8081)] }] }]],
    allowed: ['shop/client > shop/web:8080', 'team/other > shop/web:8081'],
    refused: ['shop/client > shop/web:8090'],
  },
  {
    name: 'a named port of the pod that is protected',
    policies: () => [['shop', { podSelector: all, policyTypes: ['Ingress'], ingress: [{ ports: [tcp('main')] }] }]],
    allowed: ['shop/client > shop/web:8080', 'shop/client > shop/db:8081'],
    refused: ['shop/client > shop/web:8081', 'shop/client > shop/db:8080'],
  },
  {
    name: 'a named port of the pods that are reached',
    policies: () => [
      [
        'shop',
        {
          podSelector: web,
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: all }, { namespaceSelector: monitoring }], ports: [tcp('main')] }],
        },
      ],
    ],
    allowed: ['shop/web > shop/db:8081', 'shop/web > team/other:8090', 'shop/web > team/client:8080'],
    refused: ['shop/web > shop/db:8080', 'shop/web > team/other:8080', 'shop/web > node:registry'],
  },
  {
    name: 'a name that no port has opens nothing',
    policies: () => [['shop', { podSelector: web, ingress: [{ ports: [tcp('nothing')] }] }]],
    allowed: [],
    refused: ['shop/client > shop/web:8080', 'team/other > shop/web:8081'],
  },
  {
    name: 'another protocol opens no TCP',
    policies: () => [['shop', { podSelector: web, ingress: [{ ports: [{ protocol: 'UDP', port: 8080 }] }] }]],
    allowed: [],
    refused: ['shop/client > shop/web:8080'],
  },
];
