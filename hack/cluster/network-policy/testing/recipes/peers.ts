import type { Recipe } from './recipe.ts';
import { all, client, db, monitoring, tcp, web } from './words.ts';

export const peers: readonly Recipe[] = [
  {
    name: 'pods of the same namespace, by label and port',
    policies: () => [['shop', { podSelector: db, ingress: [{ from: [{ podSelector: client }], ports: [tcp(8081)] }] }]],
    allowed: ['shop/client > shop/db:8081'],
    refused: ['shop/client > shop/db:8080', 'shop/web > shop/db:8081', 'team/client > shop/db:8081'],
  },
  {
    name: 'an empty podSelector of a peer is every pod of the same namespace',
    policies: () => [['shop', { podSelector: db, ingress: [{ from: [{ podSelector: all }] }] }]],
    allowed: ['shop/client > shop/db:8081', 'shop/web > shop/db:8080'],
    refused: ['team/client > shop/db:8081', 'team/other > shop/db:8080'],
  },
  {
    name: 'every pod of a namespace, by its label',
    policies: () => [['shop', { podSelector: web, ingress: [{ from: [{ namespaceSelector: monitoring }] }] }]],
    allowed: ['team/client > shop/web:8080', 'team/other > shop/web:8081'],
    refused: ['shop/client > shop/web:8080'],
  },
  {
    name: 'every pod of every namespace',
    policies: () => [
      ['shop', { podSelector: web, ingress: [{ from: [{ namespaceSelector: all }], ports: [tcp(8080)] }] }],
    ],
    allowed: ['team/client > shop/web:8080', 'shop/client > shop/web:8080'],
    refused: ['team/client > shop/web:8081'],
  },
  {
    name: 'two selectors in one peer: both must hold',
    policies: () => [
      ['shop', { podSelector: web, ingress: [{ from: [{ namespaceSelector: monitoring, podSelector: client }] }] }],
    ],
    allowed: ['team/client > shop/web:8080'],
    refused: ['team/other > shop/web:8080', 'shop/client > shop/web:8080'],
  },
  {
    name: 'two peers: one must hold',
    policies: () => [
      ['shop', { podSelector: web, ingress: [{ from: [{ namespaceSelector: monitoring }, { podSelector: client }] }] }],
    ],
    allowed: ['team/client > shop/web:8080', 'team/other > shop/web:8080', 'shop/client > shop/web:8080'],
    refused: ['shop/db > shop/web:8080'],
  },
  {
    name: 'expressions of selectors',
    policies: () => [
      [
        'shop',
        {
          podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }] },
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchExpressions: [{ key: 'purpose', operator: 'Exists' }] },
                  podSelector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['back'] }] },
                },
              ],
            },
          ],
        },
      ],
    ],
    allowed: ['team/client > shop/db:8080', 'shop/client > shop/web:8080', 'team/other > shop/client:8080'],
    refused: ['team/other > shop/web:8080', 'team/other > shop/db:8081'],
  },
  {
    name: 'a range of addresses without a part of it',
    policies: (address) => [
      [
        'shop',
        {
          podSelector: web,
          ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: [`${address['team/other']}/32`] } }] }],
        },
      ],
    ],
    allowed: ['team/client > shop/web:8080', 'shop/client > shop/web:8080'],
    refused: ['team/other > shop/web:8080'],
  },
  {
    name: 'what one range leaves out, another may bring back',
    policies: (address) => [
      [
        'shop',
        {
          podSelector: web,
          policyTypes: ['Egress'],
          egress: [
            { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] },
            { to: [{ ipBlock: { cidr: `${address['team/other']}/32` } }], ports: [tcp(8081)] },
          ],
        },
      ],
    ],
    allowed: ['shop/web > team/other:8081'],
    refused: ['shop/web > team/other:8080', 'shop/web > shop/db:8081', 'shop/web > node:registry'],
  },
  {
    name: "the node's address as a range",
    policies: (address) => [
      [
        'shop',
        { podSelector: all, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: `${address.node}/32` } }] }] },
      ],
    ],
    allowed: ['shop/web > node:registry'],
    refused: ['shop/web > shop/db:8080', 'shop/client > team/other:8080'],
  },
];
