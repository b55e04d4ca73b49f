import { annotations, labels, manager } from '../../../objects/labels.ts';
import type { BuildPlan, BuildRef } from '../driver.ts';

/** The same names after a crash, so that nothing is made twice. */
export function jobNameOf({ uid, attempt }: BuildRef): string {
  return `build-${uid}-${attempt}`;
}

export function claimNameOf(projectUid: string): string {
  return `cache-${projectUid}`;
}

/** By these the clean-up finds what belongs to a Build that is gone. */
export function marksOf({ uid, projectUid, build }: BuildPlan) {
  return {
    labels: { [labels.managedBy]: manager, [labels.buildUid]: uid, [labels.projectUid]: projectUid },
    annotations: { [annotations.buildOf]: `${build.namespace}/${build.name}` },
  };
}
