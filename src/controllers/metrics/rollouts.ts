import { findCondition } from '../../crds/conditions/conditions.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { ReleaseRecord } from '../../crds/deployment/status.ts';
import { endings, triggers } from './definitions.ts';
import { type Observation, secondsBetween } from './observation.ts';

type Seen = Pick<Deployment, 'spec' | 'status'>;

interface Facts {
  /** When the commit of a release was first seen; undefined when that is not known any more. */
  commitSeenAt(commit: string): string | undefined;
}

/** A release with the end that it has just come to. */
type Ended = ReleaseRecord & { readonly finishedAt: string };

/** What two sights of a Deployment, one after the other, tell: each rollout and each outage once, when it has ended. */
export function rolloutObservations(old: Seen, now: Seen, facts: Facts): Observation[] {
  const ended = endedRollouts(old, now);
  return [
    ...ended.flatMap((record) => [...outcomeOf(record, { old, now }), ...rollbackOf(record, { old, now })]),
    ...ended.flatMap((record) => leadTimeOf(record, now, facts)),
    ...restored(old, now),
    ...leftQueue(old, now),
  ];
}

/** The series that a Deployment may add to, so that a counter does not begin with its first increase. */
export function rolloutSeries({ spec }: Seen): Observation[] {
  const environment = environmentOf(spec);
  return [
    ...endings.map((outcome): Observation => ({ name: 'vish_releases_total', labels: { environment, outcome } })),
    ...triggers.map((trigger): Observation => ({ name: 'vish_rollbacks_total', labels: { environment, trigger } })),
    { name: 'vish_lead_time_seconds', labels: { environment } },
    { name: 'vish_restore_duration_seconds', labels: { environment } },
  ];
}

function endedRollouts({ status: old }: Seen, { status: now }: Seen): Ended[] {
  const before = new Map((old?.history ?? []).map((record) => [record.number, record]));
  return (now?.history ?? []).filter((record): record is Ended => hasJustEnded(before.get(record.number), record));
}

/** A release can be rolled out several times: a rollout is known by its start. What is merely replaced ended long ago. */
function hasJustEnded(before: ReleaseRecord | undefined, record: ReleaseRecord): boolean {
  if (record.outcome === 'InProgress' || record.finishedAt === undefined) return false;
  if (before === undefined || before.startedAt !== record.startedAt) return true;
  return before.finishedAt === undefined || (before.outcome === 'Failed' && record.outcome === 'Live');
}

interface Sights {
  readonly old: Seen;
  readonly now: Seen;
}

function outcomeOf({ number, outcome, startedAt, finishedAt }: Ended, { old, now }: Sights): Observation[] {
  const rollout = old.status?.rollout;
  const strategy = rollout?.release === number ? rollout.strategy : now.spec.strategy.type;
  const value = secondsBetween(startedAt, finishedAt);
  return [
    { name: 'vish_releases_total', labels: { environment: environmentOf(now.spec), outcome }, value: 1 },
    { name: 'vish_rollout_duration_seconds', labels: { strategy, outcome }, value },
  ];
}

function rollbackOf(record: Ended, { old, now }: Sights): Observation[] {
  const trigger = triggerOf(record);
  if (trigger === undefined) return [];
  const since = trigger === 'manual' ? record.startedAt : failedAt(old, record);
  return [
    { name: 'vish_rollbacks_total', labels: { environment: environmentOf(now.spec), trigger }, value: 1 },
    ...(since === undefined ? [] : [rollbackDuration(trigger, secondsBetween(since, record.finishedAt))]),
  ];
}

function triggerOf({ outcome, cause }: Ended): (typeof triggers)[number] | undefined {
  if (outcome === 'RolledBack') return 'automatic';
  return outcome === 'Live' && cause === 'Rollback' ? 'manual' : undefined;
}

function rollbackDuration(trigger: string, value: number): Observation {
  return { name: 'vish_rollback_duration_seconds', labels: { trigger }, value };
}

/** Undefined when the way back was so short that nobody saw it begin. */
function failedAt({ status }: Seen, { number }: Ended): string | undefined {
  const rollout = status?.rollout;
  return rollout?.release === number && rollout.aborting === true ? rollout.phaseStartedAt : undefined;
}

/** A commit that comes back by a rollback or a restart has been live before. */
function leadTimeOf({ outcome, cause, commit, finishedAt }: Ended, { spec }: Seen, facts: Facts): Observation[] {
  if (outcome !== 'Live' || cause !== 'Commit' || commit === undefined) return [];
  const seenAt = facts.commitSeenAt(commit);
  if (seenAt === undefined) return [];
  const labels = { environment: environmentOf(spec) };
  return [{ name: 'vish_lead_time_seconds', labels, value: secondsBetween(seenAt, finishedAt) }];
}

function leftQueue({ status: old }: Seen, { status: now }: Seen): Observation[] {
  const begun = now?.queued === undefined ? now?.rollout : undefined;
  if (old?.queued === undefined || begun === undefined) return [];
  const value = secondsBetween(old.queued.since, begun.startedAt);
  return [{ name: 'vish_rollout_queue_duration_seconds', labels: {}, value }];
}

/** Before anything has served there is nothing to restore. */
function restored({ status: old }: Seen, { spec, status: now }: Seen): Observation[] {
  const before = findCondition(old?.conditions ?? [], 'Available');
  const after = findCondition(now?.conditions ?? [], 'Available');
  if (old?.live === undefined || before?.status !== 'False' || after?.status !== 'True') return [];
  const value = secondsBetween(before.lastTransitionTime, after.lastTransitionTime);
  return [{ name: 'vish_restore_duration_seconds', labels: { environment: environmentOf(spec) }, value }];
}

function environmentOf({ environment = '' }: Seen['spec']): string {
  return environment;
}
