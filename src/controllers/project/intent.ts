import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { DeploymentSpecInput } from '../../crds/deployment/spec.ts';
import type { Environment } from '../../crds/project/environment.ts';
import type { Project, ProjectSpec } from '../../crds/project/project.ts';
import { withController } from '../../kube/index.ts';
import { labels, manager } from '../../objects/labels.ts';
import { projects } from '../../objects/vish.ts';
import type { Read } from '../../objects/wire.ts';
import { mergeWorkload } from './merge.ts';

type Service = NonNullable<ProjectSpec['services']>[number];

/** The one service of a Project. */
interface OnlyService {
  /** As overrides name it. */
  readonly name: string;
  /** As names of Deployments and their specs have it; the short form has none. */
  readonly written: string | undefined;
  readonly settings: Partial<Service>;
}

function serviceOf({ metadata, spec }: Read<Project>): OnlyService {
  const [service] = spec.services ?? [];
  if (service) return { name: service.name, written: service.name, settings: service };
  return { name: metadata.name, written: undefined, settings: spec.workload ? { workload: spec.workload } : {} };
}

const longestLabel = 63;

/**
 * The Deployment of one environment: only what the Project says, so that defaults stay the server's and an autoscaler may
 * own the replicas. Labels and annotations of the Project are not copied: those of GitOps tools would make them delete it.
 */
export function deploymentIntent(project: Read<Project>, environment: Environment, name: string): Deployment {
  const { namespace = '' } = project.metadata;
  const { written } = serviceOf(project);
  const named = {
    [labels.project]: project.metadata.name,
    ...(written !== undefined && { [labels.service]: written }),
    [labels.environment]: environment.name,
    [labels.managedBy]: manager,
  };
  const fitting = Object.entries(named).filter(([, value]) => value.length <= longestLabel);
  const metadata = { namespace, name, labels: Object.fromEntries(fitting) };
  const intent = { metadata, spec: specOf(project, environment) };
  // What is absent gets its default from the server.
  return withController(intent as unknown as Deployment, { resource: projects, object: project });
}

function specOf(project: Read<Project>, environment: Environment): DeploymentSpecInput {
  const { name, written, settings } = serviceOf(project);
  const override = environment.overrides?.find(({ service }) => service === name);
  const workload = mergeWorkload(settings.workload, override?.workload);
  const { hooks, schedules } = settings;
  const strategy = override?.strategy ?? settings.strategy;
  const target = override?.target;
  return {
    projectRef: { name: project.metadata.name },
    ...(written !== undefined && { service: written }),
    environment: environment.name,
    source: refOf(environment),
    ...(Object.keys(workload).length > 0 && { workload }),
    ...(strategy && { strategy }),
    ...(target && { target }),
    ...(hooks && { hooks }),
    ...(schedules && { schedules }),
  };
}

function refOf({ branch, tag, commit }: Environment): DeploymentSpecInput['source'] {
  return { ...(branch && { branch }), ...(tag && { tag }), ...(commit && { commit }) };
}
