/** Labels by which children are found and watched. Names that are too long for a label are not used as values: UIDs are. */
export const labels = {
  /** Name of the Deployment; on everything that is made for it, and the selector of its Service. */
  deployment: 'vish.dev/deployment',
  /** Name of the release (its ControllerRevision); on the release's pods, ReplicaSet and copies. */
  release: 'vish.dev/release',
  /** Name of the Deployment; on Jobs and pods that run a command of a release. Their pods lack `deployment`: they serve nobody. */
  commandOf: 'vish.dev/command-of',
  /** Which command it is. */
  command: 'vish.dev/command',
  /** Name of the Deployment; on pods of its schedules, which serve nobody either. */
  scheduleOf: 'vish.dev/schedule-of',
  /** Name of the schedule. */
  schedule: 'vish.dev/schedule',
  project: 'vish.dev/project',
  service: 'vish.dev/service',
  environment: 'vish.dev/environment',
  /** UID of the Build; on what is made for it in a build namespace. */
  buildUid: 'vish.dev/build-uid',
  /** UID of the Project; on what belongs to it in a build namespace. */
  projectUid: 'vish.dev/project-uid',
  managedBy: 'app.kubernetes.io/managed-by',
  name: 'app.kubernetes.io/name',
} as const;

/** Value of `labels.managedBy`. */
export const manager = 'vish';

/** Value of `annotations.unusedSince` while the image goes. */
export const imageDeleting = 'Deleting';

/** Actions and hints that people and programs write. Each value is bound to what it acts on. */
export const annotations = {
  /** Any changed value makes the operator look at the source now. */
  wake: 'vish.dev/wake',
  /** Number of the release to go back to. */
  rollback: 'vish.dev/rollback',
  /** Number of the release to try again. */
  retry: 'vish.dev/retry',
  promote: 'vish.dev/promote',
  abort: 'vish.dev/abort',
  restart: 'vish.dev/restart',
  skip: 'vish.dev/skip',
  /** `deployment/` and the name of the apps/v1 Deployment that is to take the pods. */
  handOver: 'vish.dev/hand-over',
  /** On an apps/v1 Deployment: UID of the Deployment whose pods it was made for. */
  handedOverBy: 'vish.dev/handed-over-by',
  /** On a pod template: when the restart was asked for that it belongs to. */
  restartedAt: 'vish.dev/restarted-at',
  /** On a ReplicaSet: the wanted number of replicas when its own was decided; a change of the scale is seen by it. */
  sizedFor: 'vish.dev/sized-for',
  /** On a Service or route: which releases it leads to, as numbers and percent. What was written last is known by it. */
  traffic: 'vish.dev/traffic',
  /** On a Job of a release command: the try that it belongs to, as the status of the Deployment has it. */
  attempt: 'vish.dev/attempt',
  /** On a Build: namespace and name of its object, for clean-up from the build namespaces. */
  buildOf: 'vish.dev/build-of',
  /** On a Build: name of the Build of a newer commit that makes it pointless. It is ended when it has not ended yet. */
  supersededBy: 'vish.dev/superseded-by',
  /** On a Build: since when nothing uses its image, or that it is being deleted. */
  unusedSince: 'vish.dev/unused-since',
} as const;
