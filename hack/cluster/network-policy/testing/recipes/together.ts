import type { Recipe } from './recipe.ts';
import { all, client, monitoring, tcp, web } from './words.ts';

export const together: readonly Recipe[] = [
  {
    name: 'what policies allow adds up',
    policies: () => [
      ['shop', { podSelector: all, policyTypes: ['Ingress'] }],
      ['shop', { podSelector: web, ingress: [{ from: [{ podSelector: client }] }] }],
      ['shop', { podSelector: web, ingress: [{ from: [{ namespaceSelector: monitoring }], ports: [tcp(8090)] }] }],
    ],
    allowed: ['shop/client > shop/web:8081', 'team/other > shop/web:8090'],
    refused: ['team/other > shop/web:8080', 'shop/client > shop/db:8081', 'shop/db > shop/web:8080'],
  },
  {
    name: 'a connection must be allowed at both ends',
    policies: () => [
      [
        'team',
        {
          podSelector: all,
          policyTypes: ['Egress'],
          egress: [{ to: [{ namespaceSelector: all }], ports: [tcp(8080)] }],
        },
      ],
      ['shop', { podSelector: web, ingress: [{ from: [{ podSelector: client, namespaceSelector: monitoring }] }] }],
    ],
    allowed: ['team/client > shop/web:8080', 'team/other > shop/db:8080'],
    refused: ['team/client > shop/web:8081', 'team/other > shop/web:8080', 'shop/client > shop/web:8080'],
  },
  {
    name: 'who may not get out gets in again by its answers only',
    policies: () => [
      [
        'shop',
        { podSelector: web, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ podSelector: client }] }] },
      ],
    ],
    allowed: ['shop/client > shop/web:8080'],
    refused: ['shop/web > shop/client:8080', 'shop/web > node:registry'],
  },
  {
    name: 'a pod always reaches itself',
    policies: () => [['shop', { podSelector: all, policyTypes: ['Ingress', 'Egress'] }]],
    allowed: ['shop/web > shop/web:8080'],
    refused: ['shop/web > shop/db:8080'],
  },
];
