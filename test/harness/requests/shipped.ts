import type { TestModule } from 'vitest/node';
import { type Place, placeNames, rightsOf, shippedRules } from '../../../hack/rights/rules.ts';
import { type AuditEntry, entriesSince, type Position } from './audit-log.ts';
import { userOf } from './rights.ts';
import { resourceOf } from './tally.ts';

interface Spared {
  /** `verb resource`; `*` is every resource. */
  readonly rights: readonly string[];
  readonly why: string;
  /** Where they are used. */
  readonly test?: string;
}

/** Rights that the e2e may leave unused. Each is one that a cluster can ask for all the same. */
export const spared: readonly Spared[] = [
  {
    rights: ['list *'],
    why: 'Only where the server cannot send the beginning with a watch.',
    test: 'src/kube/informer/informer.api.test.ts',
  },
  {
    rights: [
      'create deployments.vish.dev',
      'create services',
      'create poddisruptionbudgets.policy',
      'create cronjobs.batch',
      'create httproutes.gateway.networking.k8s.io',
      'create grpcroutes.gateway.networking.k8s.io',
    ],
    why: 'The server asks for it when an apply makes what is not there; in the audit log that is a patch.',
    test: 'src/operator/namespaced.api.test.ts',
  },
  {
    rights: [
      'update projects.vish.dev/finalizers',
      'update deployments.vish.dev/finalizers',
      'update builds.vish.dev/finalizers',
      'update controllerrevisions.apps/finalizers',
      'update deployments.apps/finalizers',
      'delete replicasets.apps',
      'delete configmaps',
    ],
    why: 'Asked for by the admission plugin OwnerReferencesPermissionEnforcement, which many clusters have and ours has not.',
  },
  {
    rights: ['patch targets.vish.dev', 'patch targets.vish.dev/status'],
    why: 'No e2e has a Target, because what it leads to is outside of the cluster.',
    test: 'src/operator/ecs.api.test.ts',
  },
  {
    rights: [
      'patch grpcroutes.gateway.networking.k8s.io',
      'delete grpcroutes.gateway.networking.k8s.io',
      'delete httproutes.gateway.networking.k8s.io',
    ],
    why: 'A route of the other kind, and one that is not wanted any more.',
    test: 'src/targets/cluster/cluster.api.test.ts',
  },
  {
    rights: ['delete services', 'delete poddisruptionbudgets.policy'],
    why: 'What a change of port, replicas or strategy makes needless.',
    test: 'src/targets/cluster/cluster.api.test.ts',
  },
  {
    rights: ['get replicasets.apps', 'get controllerrevisions.apps', 'get deployments.vish.dev', 'get jobs.batch'],
    why: 'Only after a crash between two writes, and for what somebody orphaned.',
    test: 'src/operator/kill-rolling.api.test.ts',
  },
  {
    rights: ['create deployments.apps'],
    why: 'Only for a hand-over to apps/v1, which a person asks for.',
    test: 'src/controllers/deployment/hand-over.api.test.ts',
  },
  {
    rights: ['delete deployments.vish.dev'],
    why: 'An environment that its Project names no more.',
    test: 'src/controllers/project/project.api.test.ts',
  },
  {
    rights: ['delete builds.vish.dev', 'delete controllerrevisions.apps'],
    why: 'What is beyond the limits of the history, or made again.',
    test: 'src/controllers/deployment/build.api.test.ts',
  },
  {
    rights: ['create tokenreviews.authentication.k8s.io', 'create subjectaccessreviews.authorization.k8s.io'],
    why: 'Given only where metrics are protected, which is not the default.',
    test: 'hack/metrics/prometheus.api.test.ts',
  },
  {
    rights: ['get gateways.gateway.networking.k8s.io', 'get gatewayclasses.gateway.networking.k8s.io'],
    why: 'Only where a Canary mirrors requests, which the gateway of the local cluster cannot.',
    test: 'src/targets/cluster/routes/mirrors.test.ts',
  },
  {
    rights: ['patch events.events.k8s.io'],
    why: 'Only an event that comes again.',
    test: 'src/kube/events/events.api.test.ts',
  },
];

/** Namespaces of the e2e to which files of config/rbac hold there; all others are those of teams. */
const placesOf: Readonly<Record<string, readonly Place[]>> = {
  'vish-builds': ['builds', 'caches'],
  'vish-builds-untrusted': ['builds'],
  'vish-system': ['leader'],
};

/** Shipped rights that nothing used and no reason spares, as `builds: delete pods`. */
export function unusedShippedRights(entries: readonly AuditEntry[]): string[] {
  const used = new Set(
    entries.flatMap((entry) =>
      (placesOf[entry.namespace] ?? ['operator']).map((place) => `${place}: ${rightOf(entry)}`),
    ),
  );
  const isSpared = new Set(spared.flatMap(({ rights }) => rights));
  return placeNames.flatMap((place) =>
    shippedRights(place)
      .filter(({ verb, resource }) => !isSpared.has(`${verb} *`) && !isSpared.has(`${verb} ${resource}`))
      .map(({ verb, resource }) => `${place}: ${verb} ${resource}`)
      .filter((right) => !used.has(right)),
  );
}

export function shippedRights(place: Place): { verb: string; resource: string }[] {
  return rightsOf(shippedRules(place)).flatMap(({ resource, verbs }) => verbs.map((verb) => ({ verb, resource })));
}

function rightOf(entry: AuditEntry): string {
  return `${entry.verb} ${resourceOf(entry)}`;
}

/** Throws when a whole suite of e2e left a right of the operator unused: it has to go, or to be explained above. */
export async function expectEveryRightUsed(auditLog: string, from: Position): Promise<void> {
  const user = userOf({ namespace: 'vish-system', name: 'vish' });
  const unused = unusedShippedRights((await entriesSince(auditLog, from)).filter((entry) => entry.user === user));
  if (unused.length === 0) return;
  const remedy = 'take them out of config/rbac, or say in test/harness/requests/shipped.ts why they stay';
  throw new Error(`rights that no e2e used; ${remedy}:\n  ${unused.join('\n  ')}`);
}

/** Every e2e of the operator ran, and to its end: one that was left out or failed would have used more. */
export function isWhole(modules: readonly TestModule[], files: readonly string[]): boolean {
  return files.every((file) => {
    const found = modules.find(({ moduleId }) => moduleId.endsWith(file));
    return found !== undefined && [...found.children.allTests()].every((test) => test.result().state === 'passed');
  });
}
