import { AwsError, type Json } from '../wire.ts';
import { makePrimary } from './movement.ts';
import { arnOf, type EcsState, type RevisionState, type ServiceState } from './state.ts';

export function findService(state: EcsState, input: Json): ServiceState {
  if (!state.clusters.includes(String(input['cluster']))) {
    throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  }
  const name = String(input['service'] ?? input['serviceName'])
    .split('/')
    .at(-1);
  const found = state.services.findLast((service) => service.name === name);
  if (!found) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  return found;
}

export function createService(state: EcsState, input: Json): ServiceState {
  const name = String(input['serviceName']);
  const before = state.services.findLast((service) => service.name === name);
  if (before && before.status !== 'INACTIVE') {
    if (input['clientToken'] !== undefined && before.token === input['clientToken']) return before;
    throw new AwsError('InvalidParameterException', 'Creation of service was not idempotent.');
  }
  checkDefinition(state, input);
  const service: ServiceState = {
    name,
    arn: arnOf(`service/${String(input['cluster'])}/${name}`),
    createdAt: ++state.clock,
    token: input['clientToken'] as string | undefined,
    tags: (input['tags'] ?? []) as Json[],
    launchType: input['launchType'],
    status: 'ACTIVE',
    taskDefinition: String(input['taskDefinition']),
    desired: Number(input['desiredCount'] ?? 0),
    configuration: { ...(input['deploymentConfiguration'] as Json) },
    network: input['networkConfiguration'],
    deployments: [],
    attempts: [],
    completed: undefined,
  };
  state.services = [...state.services.filter((other) => other.name !== name), service];
  deploy(state, service);
  return service;
}

/** Some fields start a deployment, most do not. */
export function updateService(state: EcsState, input: Json): ServiceState {
  const service = findService(state, input);
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  if (input['taskDefinition'] !== undefined) checkDefinition(state, input);
  service.desired = Number(input['desiredCount'] ?? service.desired);
  service.configuration = (input['deploymentConfiguration'] as Json | undefined) ?? service.configuration;
  const moves =
    (input['taskDefinition'] !== undefined && input['taskDefinition'] !== service.taskDefinition) ||
    input['networkConfiguration'] !== undefined ||
    input['forceNewDeployment'] === true;
  service.taskDefinition = (input['taskDefinition'] as string | undefined) ?? service.taskDefinition;
  service.network = input['networkConfiguration'] ?? service.network;
  if (moves) deploy(state, service);
  return service;
}

export function deleteService(state: EcsState, input: Json): ServiceState {
  const service = findService(state, input);
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  if (service.desired > 0 && input['force'] !== true) {
    throw new AwsError('InvalidParameterException', 'The service cannot be stopped while it is scaled above 0.');
  }
  service.status = 'DRAINING';
  service.desired = 0;
  return service;
}

function checkDefinition(state: EcsState, input: Json): void {
  const found = state.definitions.find(({ arn }) => arn === input['taskDefinition']);
  if (found?.active !== true) throw new AwsError('ClientException', 'TaskDefinition is inactive');
}

function deploy(state: EcsState, service: ServiceState): void {
  const sources = service.deployments.filter(({ running }) => running > 0).map(({ revision }) => revision);
  const last = service.attempts.at(-1);
  if (last && ['PENDING', 'IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'].includes(last.status)) {
    last.status = 'STOPPED';
    last.reason = 'A newer service deployment took over.';
  }
  const id = ++state.clock;
  const target: RevisionState = {
    arn: arnOf(`service-revision/apps/${service.name}/${id}`),
    taskDefinition: service.taskDefinition,
    network: service.network,
  };
  service.attempts.push({
    arn: arnOf(`service-deployment/apps/${service.name}/${id}`),
    target,
    sources,
    createdAt: id,
    status: 'IN_PROGRESS',
    stage: 'SCALE_UP',
    failures: 0,
  });
  makePrimary(service, target, state);
}
