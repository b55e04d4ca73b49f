import type { ClusterPlace } from '../../../crds/place/place.ts';
import { annotations } from '../../../objects/labels.ts';
import type { PodTemplate } from '../../../objects/workloads.ts';
import type { RenderInput } from '../../target.ts';
import { commonLabels, releaseSelector } from '../selectors.ts';
import { settingsOf } from '../settings.ts';
import { container } from './container.ts';
import { type CopyName, copyNames } from './environment.ts';
import { merged } from './merge.ts';
import { volumesOf } from './volumes.ts';

type PodSpec = NonNullable<PodTemplate['spec']>;

/** The pod template of a release: the same for the same input, whenever and wherever it is asked for. */
export function renderTemplate(input: RenderInput): PodTemplate {
  const { deployment, name, restartedAt } = input;
  const settings = settingsOf(deployment);
  const template: PodTemplate = {
    metadata: {
      // What Services of the user select by counts more than what is there for people.
      labels: { ...commonLabels(deployment), ...input.podLabels, ...releaseSelector(deployment, name) },
      ...(restartedAt === undefined ? {} : { annotations: { [annotations.restartedAt]: restartedAt } }),
    },
    spec: podSpec(input, settings, copyNames(input.configuration)),
  };
  // What the patch makes of it is for the API server to judge: see prepare.
  return merged({ ...template }, settings.podTemplatePatch ?? {});
}

function podSpec(input: RenderInput, settings: ClusterPlace, copyOf: CopyName): PodSpec {
  const { terminationGracePeriodSeconds } = settings;
  const pullSecrets = settings.imagePullSecrets?.map(({ name }) => name) ?? input.pullSecrets ?? [];
  const volumes = volumesOf(settings, copyOf);
  return {
    containers: [container(input, settings, copyOf)],
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    ...identity(settings),
    ...spread(input, settings),
    terminationGracePeriodSeconds,
    // A variable for every Service of the namespace: nobody asked for them, and a thousand of them stop a start.
    enableServiceLinks: false,
    securityContext: {
      ...(settings.podSecurity === 'Restricted' ? { runAsNonRoot: true } : {}),
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
}

/** Who named no ServiceAccount does not talk to the API server. */
function identity({ serviceAccountName }: ClusterPlace): Partial<PodSpec> {
  return serviceAccountName === undefined ? { automountServiceAccountToken: false } : { serviceAccountName };
}

const topologyKeys = { Node: 'kubernetes.io/hostname', Zone: 'topology.kubernetes.io/zone' } as const;

/** Counted within the release: replicas of the one before it leave soon and would push the new ones aside. */
function spread({ deployment, name }: RenderInput, settings: ClusterPlace): Partial<PodSpec> {
  if (settings.spread === 'None') return {};
  return {
    topologySpreadConstraints: [
      {
        topologyKey: topologyKeys[settings.spread],
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: releaseSelector(deployment, name) },
      },
    ],
  };
}
