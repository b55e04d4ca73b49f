/** What a reason says about the way ahead; it decides Ready, Reconciling and Stalled. */
export const courses = {
  Done: 'Everything is as wanted.',
  Working: 'The operator is at it.',
  AwaitingPerson: 'A person decides; nothing is retried.',
  Retrying: 'It failed and is tried again with growing distance.',
  Stuck: 'It stays so until something outside the operator changes.',
} as const;
export type Course = keyof typeof courses;

/** Words for people. A reason without one gets its course's. */
export type Word =
  | 'Pending'
  | 'Building'
  | 'RollingOut'
  | 'AwaitingApproval'
  | 'Paused'
  | 'Ready'
  | 'Degraded'
  | 'RolledBack'
  | 'HandedOver'
  | 'Failed'
  | 'Queued'
  | 'Running'
  | 'Succeeded'
  | 'Cancelled';

export interface ReasonEntry {
  kinds: readonly ('Project' | 'Deployment' | 'PreviewDeployment' | 'Build' | 'Target')[];
  /** Axes that carry the reason beside Ready, Reconciling and Stalled. */
  axes?: readonly ('Built' | 'Available' | 'Progressing' | 'Verified' | 'RolledBack' | 'Synced')[];
  course: Course;
  /** Stands on an axis and never on Ready: it says nothing about the object as a whole. Default false. */
  onlyAxes?: true;
  word?: Word;
  cause: string;
  remedy: string;
}

/** A reason that reports something good, or work under way, asks for nothing. */
export const nothingToDo = 'Nothing to do.';
