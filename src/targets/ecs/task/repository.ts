import type { Repository as EcrRepository } from '@aws-sdk/client-ecr';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Release } from '../../../rollout/release.ts';
import { TargetError } from '../../target.ts';
import { isFailure } from '../account/failures.ts';
import type { Session } from '../account/sessions.ts';
import { ecrTags, hasTags } from '../account/tags.ts';
import type { Names } from '../names.ts';
import type { CopyImage } from './images.ts';

export interface FoundRepository {
  readonly arn: string;
  readonly uri: string;
}

interface Copying {
  readonly copyImage: CopyImage;
  readonly deployment: Deployment;
  readonly release: Release;
}

/** The ECR repository of one Deployment. Each release's image has a tag of its own, so that no lifecycle rule for untagged ones takes it. */
export class Repository {
  private readonly session: Session;
  private readonly names: Names;
  private readonly signal: AbortSignal;

  constructor(session: Session, names: Names, signal: AbortSignal) {
    this.session = session;
    this.names = names;
    this.signal = signal;
  }

  async find(): Promise<FoundRepository | undefined> {
    try {
      const { repositories = [] } = await this.session.ask(
        { action: 'ecr:DescribeRepositories', signal: this.signal, expected: ['RepositoryNotFoundException'] },
        ({ ecr }, sent) => ecr.describeRepositories({ repositoryNames: [this.names.repository] }, sent),
      );
      return foundIn(repositories[0]);
    } catch (error) {
      if (isFailure(error, 'RepositoryNotFoundException')) return undefined;
      throw error;
    }
  }

  /** There and ours. */
  async ensure(): Promise<FoundRepository> {
    const found = (await this.find()) ?? (await this.create()) ?? (await this.find());
    if (!found) {
      throw new TargetError('TargetUnreachable', `AWS does not show the repository ${this.names.repository} yet.`);
    }
    if (await this.isOurs(found)) return found;
    throw new TargetError(
      'TargetNotOwned',
      `The ECR repository ${this.names.repository} belongs to somebody else; remove it, or set another spec.ecs.repositoryPrefix in the Target.`,
    );
  }

  async copy({ uri }: FoundRepository, { copyImage, deployment, release }: Copying): Promise<void> {
    const login = await this.login();
    const to = `${uri}:${tagOf(release)}`;
    await copyImage({ from: release.image, to, deployment, login, signal: this.signal });
  }

  /** Taking the last tag of an image takes the image; one that another release shares stays. */
  async forget(releases: readonly Release[]): Promise<void> {
    const found = await this.find();
    if (!found || !(await this.isOurs(found))) return;
    const imageIds = releases.map((release) => ({ imageTag: tagOf(release) }));
    await this.session.ask({ action: 'ecr:BatchDeleteImage', signal: this.signal }, ({ ecr }, sent) =>
      ecr.batchDeleteImage({ repositoryName: this.names.repository, imageIds }, sent),
    );
  }

  async remove(): Promise<void> {
    const found = await this.find();
    if (!found || !(await this.isOurs(found))) return;
    try {
      await this.session.ask(
        { action: 'ecr:DeleteRepository', signal: this.signal, expected: ['RepositoryNotFoundException'] },
        ({ ecr }, sent) => ecr.deleteRepository({ repositoryName: this.names.repository, force: true }, sent),
      );
    } catch (error) {
      if (!isFailure(error, 'RepositoryNotFoundException')) throw error;
    }
  }

  private async create(): Promise<FoundRepository | undefined> {
    try {
      const { repository } = await this.session.ask(
        { action: 'ecr:CreateRepository', signal: this.signal, expected: ['RepositoryAlreadyExistsException'] },
        ({ ecr }, sent) =>
          ecr.createRepository(
            {
              repositoryName: this.names.repository,
              imageTagMutability: 'IMMUTABLE',
              tags: ecrTags(this.names.tags),
            },
            sent,
          ),
      );
      return foundIn(repository);
    } catch (error) {
      // Made by us a moment ago, with an answer that got lost, or by somebody else: the tags tell.
      if (isFailure(error, 'RepositoryAlreadyExistsException')) return undefined;
      throw error;
    }
  }

  private async isOurs({ arn }: FoundRepository): Promise<boolean> {
    const { tags } = await this.session.ask(
      { action: 'ecr:ListTagsForResource', signal: this.signal },
      ({ ecr }, sent) => ecr.listTagsForResource({ resourceArn: arn }, sent),
    );
    return hasTags(tags, this.names.tags);
  }

  /** Lasts twelve hours and is asked for each time: it is needed once a release, and what is not kept cannot leak. */
  private async login(): Promise<{ username: string; password: string }> {
    const { authorizationData = [] } = await this.session.ask(
      { action: 'ecr:GetAuthorizationToken', signal: this.signal },
      ({ ecr }, sent) => ecr.getAuthorizationToken({}, sent),
    );
    const token = authorizationData[0]?.authorizationToken ?? '';
    const [username = '', ...rest] = Buffer.from(token, 'base64').toString('utf8').split(':');
    if (username === '' || rest.length === 0) {
      throw new TargetError('TargetUnreachable', 'AWS gave no login for its registry; it is asked again.');
    }
    return { username, password: rest.join(':') };
  }
}

const tagOf = ({ number }: Release) => `release-${number}`;

function foundIn(repository: EcrRepository | undefined): FoundRepository | undefined {
  const { repositoryArn: arn, repositoryUri: uri } = repository ?? {};
  return arn === undefined || uri === undefined ? undefined : { arn, uri };
}
