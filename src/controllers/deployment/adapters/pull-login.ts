import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Project } from '../../../crds/project/project.ts';
import { credentialsFor, type RegistryCredentials } from '../../../images/registry/credentials.ts';
import { RegistryError } from '../../../images/registry/errors.ts';
import { parseImage } from '../../../images/registry/reference.ts';
import { type Client, ifPresent, type Store } from '../../../kube/index.ts';
import { secrets } from '../../../objects/core.ts';

export type LoginFor = (
  deployment: Deployment,
  image: string,
  signal: AbortSignal,
) => Promise<RegistryCredentials | undefined>;

/** How a Deployment's image is pulled: with the first of its Secrets, then its Project's, that knows the registry. */
export function pullLogin(client: Pick<Client, 'get'>, projects: Pick<Store<Project>, 'get'>): LoginFor {
  return async (deployment, image, signal) => {
    const { namespace = '' } = deployment.metadata;
    for (const { name, field } of secretsOf(deployment, projects)) {
      const secret = await ifPresent(client.get(secrets, { namespace, name }, { signal }));
      if (secret === undefined)
        throw new RegistryError('CredentialsMissing', `Secret "${name}" of ${field} does not exist`);
      const login = credentialsFor(parseImage(image), secret);
      if (login !== undefined) return login;
    }
    return undefined;
  };
}

function secretsOf({ metadata, spec }: Deployment, projects: Pick<Store<Project>, 'get'>) {
  const own = spec.target.cluster?.imagePullSecrets ?? [];
  const project = spec.projectRef && projects.get(`${metadata.namespace ?? ''}/${spec.projectRef.name}`);
  const pushed = project?.spec.image.credentialsRef;
  return [
    ...own.map(({ name }) => ({ name, field: 'target.cluster.imagePullSecrets' })),
    ...(pushed === undefined ? [] : [{ name: pushed.name, field: 'image.credentialsRef' }]),
  ];
}
