import { account, region } from './ecs/state.ts';
import type { ServiceModel } from './service-model.ts';
import { AwsError, type Json, type Service } from './wire.ts';

interface RepositoryState {
  readonly name: string;
  readonly tags: Json[];
  /** Digest by tag. */
  readonly images: Map<string, string>;
}

export const registryHost = `${account}.dkr.ecr.${region}.amazonaws.com`;
const arnOf = (name: string) => `arn:aws:ecr:${region}:${account}:repository/${name}`;

export class EcrStandIn implements Service {
  readonly model: ServiceModel | undefined;
  /** Host of the images; another one where a real registry stands in for ECR's. */
  registry = registryHost;
  readonly repositories = new Map<string, RepositoryState>();

  constructor(model: ServiceModel | undefined) {
    this.model = model;
  }

  serve(operation: string, input: Json): Json {
    const serve = this.operations[operation];
    if (!serve) throw new AwsError('UnknownOperationException', operation);
    return serve(input);
  }

  /** What a push does. An immutable tag takes the same digest again. */
  push(reference: string, digest: string): void {
    const [, name = '', tag = ''] = /^[^/]+\/(.+):([^:/]+)$/u.exec(reference) ?? [];
    const { images } = this.find(name);
    const before = images.get(tag);
    if (before !== undefined && before !== digest) throw new AwsError('ImageTagAlreadyExistsException', tag);
    images.set(tag, digest);
  }

  private find(name: unknown): RepositoryState {
    const found = this.repositories.get(String(name));
    if (!found) throw new AwsError('RepositoryNotFoundException', `${String(name)} does not exist.`);
    return found;
  }

  private view({ name }: RepositoryState): Json {
    return {
      repositoryArn: arnOf(name),
      registryId: account,
      repositoryName: name,
      repositoryUri: `${this.registry}/${name}`,
      createdAt: 1_780_000_000,
      imageTagMutability: 'IMMUTABLE',
    };
  }

  private readonly operations: Readonly<Record<string, (input: Json) => Json>> = {
    DescribeRepositories: ({ repositoryNames }) => ({
      repositories: (repositoryNames as string[]).map((name) => this.view(this.find(name))),
    }),
    CreateRepository: ({ repositoryName, tags }) => {
      const name = String(repositoryName);
      if (this.repositories.has(name)) throw new AwsError('RepositoryAlreadyExistsException', `${name} exists.`);
      if (!/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/u.test(name)) {
        throw new AwsError('InvalidParameterException', `${name} is no name.`);
      }
      const repository = { name, tags: (tags ?? []) as Json[], images: new Map<string, string>() };
      this.repositories.set(name, repository);
      return { repository: this.view(repository) };
    },
    ListTagsForResource: ({ resourceArn }) => {
      const found = [...this.repositories.values()].find(({ name }) => arnOf(name) === resourceArn);
      if (!found) throw new AwsError('RepositoryNotFoundException', `${String(resourceArn)} does not exist.`);
      return { tags: found.tags };
    },
    DeleteRepository: ({ repositoryName, force }) => {
      const found = this.find(repositoryName);
      if (found.images.size > 0 && force !== true) throw new AwsError('RepositoryNotEmptyException', found.name);
      this.repositories.delete(found.name);
      return { repository: this.view(found) };
    },
    BatchDeleteImage: ({ repositoryName, imageIds }) => {
      const { images } = this.find(repositoryName);
      const asked = imageIds as { imageTag: string }[];
      const gone = asked.filter(({ imageTag }) => images.delete(imageTag));
      const failures = asked
        .filter((id) => !gone.includes(id))
        .map((imageId) => ({ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }));
      return { imageIds: gone, failures };
    },
    GetAuthorizationToken: () => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from('AWS:a-registry-password').toString('base64'),
          expiresAt: 1_780_043_200,
          proxyEndpoint: `https://${this.registry}`,
        },
      ],
    }),
  };
}
