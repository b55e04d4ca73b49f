import type { Deployment } from '../../crds/deployment/deployment.ts';
import { labels, manager } from '../../objects/labels.ts';

/** All pods of the Deployment, of whichever release. */
export function deploymentSelector(deployment: Deployment): Record<string, string> {
  return { [labels.deployment]: deployment.metadata.name };
}

/** The pods of one release. A release's name is used once in a namespace, and so the selector never meets other pods. */
export function releaseSelector(deployment: Deployment, release: string): Record<string, string> {
  return { ...deploymentSelector(deployment), [labels.release]: release };
}

/** On everything that is made for a Deployment. */
export function commonLabels({ metadata, spec }: Deployment): Record<string, string> {
  const { projectRef, service, environment } = spec;
  return {
    [labels.managedBy]: manager,
    [labels.name]: metadata.name,
    [labels.deployment]: metadata.name,
    // A Project's name may be longer than a label's value.
    ...(projectRef === undefined || projectRef.name.length > 63 ? {} : { [labels.project]: projectRef.name }),
    ...(service === undefined ? {} : { [labels.service]: service }),
    ...(environment === undefined ? {} : { [labels.environment]: environment }),
  };
}
