import type { ServiceModel } from '../service-model.ts';
import { AwsError, type Json, type Service } from '../wire.ts';
import { type IsBroken, tick } from './movement.ts';
import { createService, deleteService, findService, updateService } from './services.ts';
import { arnOf, type DefinitionState, type EcsState, emptyState } from './state.ts';
import { attemptBrief, attemptView, definitionView, serviceView, taskView } from './views.ts';

const writes = /^(Create|Update|Delete|Register|Deregister)/u;
const fargateSizes = /^(256:(512|1024|2048)|512:(1024|2048|3072|4096)|[1-9][0-9]{3,4}:[1-9][0-9]{3,5})$/u;

/** ECS as far as Vish uses it: it moves only when `tick` is called. */
export class EcsStandIn implements Service {
  readonly model: ServiceModel | undefined;
  state: EcsState = emptyState();
  isBroken: IsBroken = () => false;
  /** So many reads of services after a write show what was before it. */
  staleReads = 0;
  private before: { state: EcsState; reads: number } | undefined;

  constructor(model: ServiceModel | undefined) {
    this.model = model;
  }

  tick(): void {
    this.before = undefined;
    tick(this.state, this.isBroken);
  }

  serve(operation: string, input: Json): Json {
    const serve = this.operations[operation];
    if (!serve) throw new AwsError('UnknownOperationException', operation);
    if (!writes.test(operation)) return serve(input, this.readable(operation));
    if (this.staleReads > 0) this.before = { state: structuredClone(this.state), reads: this.staleReads };
    return serve(input, this.state);
  }

  private readable(operation: string): EcsState {
    if (!/Service/u.test(operation) || !this.before || this.before.reads-- <= 0) return this.state;
    return this.before.state;
  }

  private readonly operations: Readonly<Record<string, (input: Json, state: EcsState) => Json>> = {
    DescribeClusters: ({ clusters }, state) => {
      const names = clusters as string[];
      const known = names.filter((name) => state.clusters.includes(name));
      return {
        clusters: known.map((name) => ({ clusterName: name, clusterArn: arnOf(`cluster/${name}`), status: 'ACTIVE' })),
        failures: names
          .filter((name) => !known.includes(name))
          .map((name) => ({ arn: arnOf(`cluster/${name}`), reason: 'MISSING' })),
      };
    },
    DescribeServices: (input, state) => {
      const [name = ''] = input['services'] as string[];
      if (!state.clusters.includes(String(input['cluster']))) findService(state, input);
      const found = state.services.find((service) => service.name === name);
      const tags = ((input['include'] ?? []) as string[]).includes('TAGS');
      return found
        ? { services: [serviceView(found, tags)], failures: [] }
        : { services: [], failures: [{ arn: arnOf(`service/apps/${name}`), reason: 'MISSING' }] };
    },
    CreateService: (input, state) => ({ service: serviceView(createService(state, input), true) }),
    UpdateService: (input, state) => ({ service: serviceView(updateService(state, input), true) }),
    DeleteService: (input, state) => ({ service: serviceView(deleteService(state, input), false) }),
    ListServiceDeployments: (input, state) => {
      const service = findService(state, input);
      const newest = service.attempts.toReversed().slice(0, Number(input['maxResults'] ?? 20));
      return { serviceDeployments: newest.map((attempt) => attemptBrief(service, attempt)) };
    },
    DescribeServiceDeployments: (input, state) => ({
      serviceDeployments: state.services.flatMap((service) =>
        service.attempts
          .filter(({ arn }) => (input['serviceDeploymentArns'] as string[]).includes(arn))
          .map((attempt) => attemptView(service, attempt)),
      ),
      failures: [],
    }),
    DescribeServiceRevisions: (input) => ({
      serviceRevisions: this.state.services
        .flatMap(({ attempts }) => attempts.map(({ target }) => target))
        .filter(({ arn }) => (input['serviceRevisionArns'] as string[]).includes(arn))
        .map(({ arn, taskDefinition }) => ({ serviceRevisionArn: arn, taskDefinition, launchType: 'FARGATE' })),
      failures: [],
    }),
    RegisterTaskDefinition: (input, state) => ({ taskDefinition: definitionView(register(state, input)) }),
    DescribeTaskDefinition: (input, state) => {
      const name = String(input['taskDefinition']);
      const found = state.definitions.findLast(
        ({ arn, family, active }) => arn === name || (family === name && active),
      );
      if (!found) throw new AwsError('ClientException', 'Unable to describe task definition.');
      return { taskDefinition: definitionView(found), tags: found.tags };
    },
    DeregisterTaskDefinition: (input, state) => {
      const found = state.definitions.find(({ arn }) => arn === input['taskDefinition']);
      if (!found) throw new AwsError('ClientException', 'The specified task definition does not exist.');
      found.active = false;
      return { taskDefinition: definitionView(found) };
    },
    ListTaskDefinitions: (input, state) => ({
      taskDefinitionArns: state.definitions
        .filter(({ family, active }) => family === input['familyPrefix'] && active)
        .map(({ arn }) => arn)
        .slice(0, Number(input['maxResults'] ?? 100)),
    }),
    ListTaskDefinitionFamilies: (input, state) => {
      const wanted = state.definitions.filter(
        ({ family, active }) => family.startsWith(String(input['familyPrefix'])) && active,
      );
      const families = [...new Set(wanted.map(({ family }) => family))];
      return { families: families.slice(0, Number(input['maxResults'] ?? 100)) };
    },
    ListTasks: (input, state) => ({
      taskArns: state.stopped.filter(({ service }) => service === input['serviceName']).map(({ arn }) => arn),
    }),
    DescribeTasks: (input, state) => ({
      tasks: (input['tasks'] as string[]).flatMap((arn) => taskView(state, arn)),
      failures: [],
    }),
  };
}

/** Every call makes one more revision. */
function register(state: EcsState, input: Json): DefinitionState {
  if (!fargateSizes.test(`${String(input['cpu'])}:${String(input['memory'])}`)) {
    throw new AwsError('ClientException', 'No Fargate configuration exists for given values.');
  }
  const family = String(input['family']);
  const revision = state.definitions.filter((definition) => definition.family === family).length + 1;
  const definition = {
    arn: arnOf(`task-definition/${family}:${revision}`),
    family,
    revision,
    input,
    tags: (input['tags'] ?? []) as Json[],
    active: true,
  };
  state.definitions.push(definition);
  return definition;
}
