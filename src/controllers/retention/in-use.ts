import type { Build } from '../../crds/build/build.ts';
import type { Check } from '../../crds/check/check.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Project } from '../../crds/project/project.ts';
import { placeOf } from '../../images/registry/reference.ts';
import type { Store, Stored } from '../../kube/index.ts';
import type { ControllerRevision } from '../../objects/workloads.ts';
import { imagesIn } from '../deployment/release/images.ts';
import { readRelease } from '../deployment/release/revision.ts';

/** What runs, what may be gone back to, and what is about to run. */
export interface InUse {
  /** By digest: a copy elsewhere counts too. */
  has(digest: string): boolean;
  /** The digests of one repository, `host/path`; also of images that no Build of ours made. */
  at(place: string): readonly string[];
}

export interface UseStores {
  readonly deployments: Pick<Store<Deployment>, 'list'>;
  readonly projects: Pick<Store<Project>, 'list'>;
  readonly revisions: Pick<Store<ControllerRevision>, 'list'>;
  readonly builds: Pick<Store<Build>, 'list'>;
}

/** Over all namespaces: who has a digest can run it anywhere. `surplus` are the Builds that would go. */
export function inUse({ deployments, projects, revisions, builds }: UseStores, surplus: ReadonlySet<string>): InUse {
  const images = [
    ...deployments.list().map(({ spec }) => spec.source.image),
    ...deployments.list().flatMap(({ spec }) => checkImages(spec.checks)),
    ...deployments.list().flatMap(({ spec }) => patchImages(spec)),
    ...projects.list().flatMap(({ spec }) => checkImages(spec.checks)),
    ...deployments.list().flatMap(({ status }) => (status?.history ?? []).map(({ image }) => image)),
    // Its own record, which is there before the history tells of it and as long as the release can be run.
    ...revisions.list().flatMap(releaseImages),
    ...builds.list().flatMap(({ metadata, status }) => (surplus.has(metadata.uid) ? [] : [status?.image])),
  ];
  const digests = new Map<string, string[]>();
  for (const image of new Set(images)) {
    const digest = image?.split('@').at(1);
    if (image !== undefined && digest !== undefined) digests.set(digest, [...(digests.get(digest) ?? []), image]);
  }
  return {
    has: (digest) => digests.has(digest),
    at: (place) =>
      [...digests].flatMap(([digest, named]) => (named.some((each) => placeOf(each) === place) ? digest : [])),
  };
}

/** Of all containers: a podTemplatePatch may have brought some. */
function releaseImages(revision: Stored<ControllerRevision>): string[] {
  const release = readRelease(revision);
  return release === undefined ? [] : [release.image, ...imagesIn(release.rendered)];
}

function patchImages({ target }: Deployment['spec']): string[] {
  return imagesIn({ template: target.cluster?.podTemplatePatch ?? {} });
}

function checkImages(checks: readonly Check[] = []): (string | undefined)[] {
  return checks.map(({ job }) => job?.image);
}
