/** Who takes part in the table of recipes: five pods in two namespaces, and the node. All pods listen on all of `ports`. */
export const cast = {
  'shop/web': { app: 'web', tier: 'front' },
  'shop/db': { app: 'db', tier: 'data' },
  'shop/client': { app: 'client', tier: 'front' },
  'team/client': { app: 'client', tier: 'front' },
  'team/other': { app: 'other', tier: 'back' },
} as const;

export type PodName = keyof typeof cast;
export const podNames = Object.keys(cast) as PodName[];
export const namespaceLabels = { shop: { purpose: 'shop' }, team: { purpose: 'monitoring' } } as const;
export const ports = [8080, 8081, 8090] as const;

/** The port named `main` has another number in each namespace's pods but one. */
export const mainPort: Readonly<Record<PodName, number>> = {
  'shop/web': 8080,
  'shop/db': 8081,
  'shop/client': 8080,
  'team/client': 8080,
  'team/other': 8090,
};

export type Addresses = Readonly<Record<PodName | 'node', string>>;

/** A pod of the cast as the API server has it, as far as policies see it. */
export function podObject(name: PodName) {
  const [namespace = '', pod = ''] = name.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: pod, labels: { ...cast[name] } },
    spec: {
      containers: [
        { name: 'main', ports: [{ name: 'main', containerPort: mainPort[name], protocol: 'TCP' as const }] },
      ],
    },
  };
}
