import { buildIdentity, buildName } from '../../../images/identity.ts';
import type { PlanBuild } from '../ports.ts';

/** The Build of a commit as the Project has it made now: other settings, or another place for the image, are another Build. */
export const planBuild: PlanBuild = ({ project, service, commit, repositoryId }) => {
  const { metadata, spec } = project;
  const named = spec.services?.find((each) => each.name === service);
  const { path, build } = named ?? spec;
  const inputs = { projectUid: metadata.uid, repositoryId, commit, imageRepository: spec.image.repository };
  const identity = buildIdentity({ ...inputs, path, build, trust: 'Trusted' });
  return {
    metadata: { name: buildName({ project: metadata.name, service, commit, identity }) },
    spec: {
      projectRef: { name: metadata.name },
      ...(named === undefined ? {} : { service }),
      commit,
      ...(path === undefined ? {} : { path }),
      ...(build === undefined ? {} : { build }),
    },
  };
};
