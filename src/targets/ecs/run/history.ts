import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Lru } from '../../../kube/lru/lru.ts';
import type { Session } from '../account/sessions.ts';

/** A service deployment: one attempt of ECS to bring a service to a task definition. */
export interface Attempt {
  readonly arn: string;
  /** ECS's word; new ones may come, so it is open. */
  readonly status: string;
  readonly stage: string;
  readonly createdAt: number;
  /** Task definition that it is for. */
  readonly target: string | undefined;
  /** Task definition that it goes back to; only of one that goes back. */
  readonly back: string | undefined;
  readonly why: string;
  readonly failures: number;
}

/** The newest ones of a service. Older ones decide nothing. */
const newest = 10;

/** Newest first. `revisions` keeps what never changes: which task definition a service revision has. */
export async function attemptsOf(
  session: Session,
  service: { readonly cluster: string; readonly service: string },
  { signal, revisions }: { signal: AbortSignal; revisions: Lru<string> },
): Promise<Attempt[]> {
  const { serviceDeployments: briefs = [] } = await session.ask(
    { action: 'ecs:ListServiceDeployments', signal },
    ({ ecs }, sent) => ecs.listServiceDeployments({ ...service, maxResults: newest }, sent),
  );
  const serviceDeploymentArns = briefs.flatMap(({ serviceDeploymentArn: arn }) => (arn === undefined ? [] : [arn]));
  if (serviceDeploymentArns.length === 0) return [];
  const { serviceDeployments = [] } = await session.ask(
    { action: 'ecs:DescribeServiceDeployments', signal },
    ({ ecs }, sent) => ecs.describeServiceDeployments({ serviceDeploymentArns }, sent),
  );
  await learnRevisions(session, serviceDeployments.flatMap(revisionsIn), { signal, revisions });
  const attempts = serviceDeployments.map((deployment) => attemptOf(deployment, revisions));
  return attempts.sort((one, two) => two.createdAt - one.createdAt);
}

async function learnRevisions(
  session: Session,
  arns: readonly string[],
  { signal, revisions }: { signal: AbortSignal; revisions: Lru<string> },
): Promise<void> {
  const serviceRevisionArns = [...new Set(arns)].filter((arn) => revisions.get(arn) === undefined);
  if (serviceRevisionArns.length === 0) return;
  const { serviceRevisions = [] } = await session.ask(
    { action: 'ecs:DescribeServiceRevisions', signal },
    ({ ecs }, sent) => ecs.describeServiceRevisions({ serviceRevisionArns }, sent),
  );
  for (const { serviceRevisionArn: arn, taskDefinition } of serviceRevisions) {
    if (arn !== undefined && taskDefinition !== undefined) revisions.set(arn, taskDefinition);
  }
}

/** At most two of each of ten: as many as one call may ask for. */
function revisionsIn({ targetServiceRevision, rollback }: ServiceDeployment): string[] {
  return [targetServiceRevision?.arn, rollback?.serviceRevisionArn].filter((arn) => arn !== undefined);
}

function attemptOf(deployment: ServiceDeployment, revisions: Lru<string>): Attempt {
  const { status = '', serviceDeploymentArn: arn = '', lifecycleStage: stage = '', rollback } = deployment;
  const definitionOf = (revision: string | undefined) => revisions.get(revision ?? '');
  return {
    arn,
    status,
    stage,
    createdAt: deployment.createdAt?.getTime() ?? 0,
    target: definitionOf(deployment.targetServiceRevision?.arn),
    back: status.startsWith('ROLLBACK_') ? definitionOf(rollback?.serviceRevisionArn) : undefined,
    why: whyOf(deployment),
    failures: deployment.deploymentCircuitBreaker?.failureCount ?? 0,
  };
}

function whyOf({ rollback, statusReason }: ServiceDeployment): string {
  return rollback?.reason ?? statusReason ?? '';
}
