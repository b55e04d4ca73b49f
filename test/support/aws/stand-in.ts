import { systemClock } from '../../../src/seams/system.ts';
import { EcrStandIn } from './ecr.ts';
import { EcsStandIn } from './ecs/ecs.ts';
import { ensureMoto } from './moto.ts';
import { ServiceModel } from './service-model.ts';
import { StsStandIn } from './sts.ts';
import { AwsError, AwsWire, type Json, type Service } from './wire.ts';

/**
 * The part of AWS that Vish uses, moved by the test: what moto does not do. Whether requests and answers have the shapes
 * that AWS publishes is checked against botocore's models; that AWS behaves so is not.
 */
export interface AwsStandIn {
  readonly url: string;
  readonly wire: AwsWire;
  readonly ecs: EcsStandIn;
  readonly ecr: EcrStandIn;
  readonly sts: StsStandIn;
  stop(): Promise<void>;
}

export async function startAwsStandIn(): Promise<AwsStandIn> {
  const folder = await ensureMoto();
  const ecs = new EcsStandIn(await modelOf(folder, 'ecs'));
  const ecr = new EcrStandIn(await modelOf(folder, 'ecr'));
  const sts = new StsStandIn(() => systemClock.now());
  const wire = new AwsWire({ ECS: withSession(ecs, sts), ECR: withSession(ecr, sts), STS: sts });
  return { url: await wire.start(), wire, ecs, ecr, sts, stop: () => wire.stop() };
}

const models = new Map<string, Promise<ServiceModel>>();

/** Read once a process: it is large, and never changes. */
function modelOf(folder: string, service: string): Promise<ServiceModel> {
  const model = models.get(service) ?? ServiceModel.load(folder, service);
  models.set(service, model);
  return model;
}

function withSession(service: Service, sts: StsStandIn): Service {
  return {
    model: service.model,
    serve(operation: string, input: Json, accessKey: string): Json {
      if (!sts.sessions.has(accessKey)) throw new AwsError('ExpiredTokenException', 'The security token is expired');
      return service.serve(operation, input, accessKey);
    },
  };
}
