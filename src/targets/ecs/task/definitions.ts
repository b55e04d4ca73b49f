import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Release } from '../../../rollout/release.ts';
import { TargetError } from '../../target.ts';
import { isFailure } from '../account/failures.ts';
import type { Session } from '../account/sessions.ts';
import { hasTags } from '../account/tags.ts';
import { familyOf, familyOfDefinition, familyPrefixOf, type Names, tagNames } from '../names.ts';
import { definitionOf, digestOf } from './template.ts';

/** One page of a list: what is left is found by the next call, after these are gone. */
const page = 100;

/** What became of the definitions of a family. */
export type Deregistered = 'None' | 'Some' | 'Refused';

/** The task definitions of one Deployment's releases. */
export class Definitions {
  private readonly session: Session;
  private readonly names: Names;
  private readonly signal: AbortSignal;

  constructor(session: Session, names: Names, signal: AbortSignal) {
    this.session = session;
    this.names = names;
    this.signal = signal;
  }

  /** ARN of the release's definition as it would be registered now, or undefined. */
  async find(release: Release, repositoryUri: string): Promise<string | undefined> {
    const family = familyOf(this.names.service, release.number);
    const { specHash } = this.wanted(release, family, repositoryUri);
    const found = await this.describe(family);
    if (found?.definition.status !== 'ACTIVE') return undefined;
    this.refuseForeign(family, found.tags);
    return hasTags(found.tags, { [tagNames.specHash]: specHash }) ? found.definition.taskDefinitionArn : undefined;
  }

  /** Not retried unseen: each call that reaches AWS makes one more, so an answer that got lost is looked for first. */
  async register(release: Release, repositoryUri: string): Promise<string> {
    const family = familyOf(this.names.service, release.number);
    const { input } = this.wanted(release, family, repositoryUri);
    const { taskDefinition } = await this.session.ask(
      { action: 'ecs:RegisterTaskDefinition', signal: this.signal },
      ({ ecsOnce }, sent) => ecsOnce.registerTaskDefinition(input, sent),
    );
    const arn = taskDefinition?.taskDefinitionArn;
    if (arn === undefined) throw new TargetError('TargetUnreachable', `AWS registered ${family} without naming it.`);
    return arn;
  }

  /** Families of this Deployment that still have a definition, without those of a service whose name is longer. */
  async families(): Promise<string[]> {
    const prefix = familyPrefixOf(this.names.service);
    const { families = [] } = await this.session.ask(
      { action: 'ecs:ListTaskDefinitionFamilies', signal: this.signal },
      ({ ecs }, sent) =>
        ecs.listTaskDefinitionFamilies({ familyPrefix: prefix, status: 'ACTIVE', maxResults: page }, sent),
    );
    return families.filter((family) => /^[0-9]+$/u.test(family.slice(prefix.length)));
  }

  /**
   * Takes the definitions of a family out of use. Refused when the role may not: IAM cannot limit that right to ours, so
   * an account may well refuse it, and a definition that stays costs nothing and runs nothing.
   */
  async deregister(family: string): Promise<Deregistered> {
    let result: Deregistered = 'None';
    for (const arn of await this.listed(family)) {
      const found = await this.describe(arn);
      if (!hasTags(found?.tags, this.names.tags)) continue;
      if (!(await this.deregisterOne(arn))) return 'Refused';
      result = 'Some';
    }
    return result;
  }

  private wanted(release: Release, family: string, repositoryUri: string) {
    return definitionOf(release, family, this.names, `${repositoryUri}@${digestOf(release)}`);
  }

  private async describe(name: string): Promise<{ definition: TaskDefinition; tags: object[] } | undefined> {
    try {
      const { taskDefinition, tags = [] } = await this.session.ask(
        { action: 'ecs:DescribeTaskDefinition', signal: this.signal, expected: ['ClientException'] },
        ({ ecs }, sent) => ecs.describeTaskDefinition({ taskDefinition: name, include: ['TAGS'] }, sent),
      );
      return taskDefinition && { definition: taskDefinition, tags };
    } catch (error) {
      // ECS has no error of its own for a definition that does not exist.
      if (isFailure(error, 'ClientException')) return undefined;
      throw error;
    }
  }

  private async listed(family: string): Promise<string[]> {
    const { taskDefinitionArns = [] } = await this.session.ask(
      { action: 'ecs:ListTaskDefinitions', signal: this.signal },
      ({ ecs }, sent) => ecs.listTaskDefinitions({ familyPrefix: family, status: 'ACTIVE', maxResults: page }, sent),
    );
    return taskDefinitionArns.filter((arn) => familyOfDefinition(arn) === family);
  }

  private async deregisterOne(arn: string): Promise<boolean> {
    const refused = ['AccessDeniedException'];
    try {
      await this.session.ask(
        { action: 'ecs:DeregisterTaskDefinition', signal: this.signal, expected: [...refused, 'ClientException'] },
        ({ ecs }, sent) => ecs.deregisterTaskDefinition({ taskDefinition: arn }, sent),
      );
    } catch (error) {
      if (isFailure(error, ...refused)) return false;
      if (!isFailure(error, 'ClientException')) throw error;
    }
    return true;
  }

  private refuseForeign(family: string, tags: readonly object[]): void {
    if (hasTags(tags, this.names.tags)) return;
    throw new TargetError(
      'TargetNotOwned',
      `The task definition family ${family} belongs to somebody else; deregister it, or rename the Deployment.`,
    );
  }
}
