import type { Deployment } from '../../crds/deployment/deployment.ts';
import { Lru } from '../../kube/lru/lru.ts';
import type { Release } from '../../rollout/release.ts';
import type { Clock } from '../../seams/clock.ts';
import {
  type Capabilities,
  type Intent,
  type Observation,
  type RenderInput,
  type Scope,
  type Step,
  type Target,
  TargetError,
} from '../target.ts';
import type { Session, Sessions } from './account/sessions.ts';
import { familyOf, type Names, namesOf } from './names.ts';
import type { EcsPlace } from './place.ts';
import { moveService, removeService } from './run/act.ts';
import { look, memoryOf } from './run/look.ts';
import { observationOf } from './run/observe.ts';
import { whyTasksFail } from './run/stopped.ts';
import { Definitions, type Deregistered } from './task/definitions.ts';
import type { CopyImage } from './task/images.ts';
import { renderTask } from './task/render.ts';
import { Repository } from './task/repository.ts';
import { renderedOf } from './task/template.ts';

export interface EcsTargetOptions {
  readonly sessions: Sessions;
  /** The Target that a Deployment names. Throws a TargetError when there is none. */
  readonly placeOf: (deployment: Deployment) => EcsPlace;
  readonly copyImage: CopyImage;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** One for all Targets on ECS: which of them is meant follows from the Deployment of each call. */
export function createEcsTarget(options: EcsTargetOptions): Target {
  return new EcsRuns(options);
}

/** What every call needs. */
interface At {
  readonly deployment: Deployment;
  readonly session: Session;
  readonly names: Names;
  readonly definitions: Definitions;
  readonly repository: Repository;
  readonly signal: AbortSignal;
}

const maxRevisions = 2000;
const dayMs = 24 * 3_600_000;

class EcsRuns implements Target {
  /** Recreate is missing on purpose: ECS never promises that no old task runs beside a new one. */
  readonly capabilities: Capabilities = {
    strategies: ['Rolling'],
    warmPrevious: false,
    weights: false,
    configuration: false,
    commands: false,
  };
  private readonly options: EcsTargetOptions;
  private readonly revisions: Lru<string>;

  constructor(options: EcsTargetOptions) {
    this.options = options;
    this.revisions = new Lru({ clock: options.clock, maxEntries: maxRevisions, ttlMs: dayMs });
  }

  render(input: RenderInput): unknown {
    return renderTask(input, this.options.placeOf(input.deployment));
  }

  async prepare(scope: Scope, intent: Intent): Promise<Step> {
    refuseStrategy(intent, this.capabilities);
    const hints = renderedOf(intent.release).hints;
    const at = await this.at(scope);
    const { repositoryUri } = await this.ensureDefinition(at, intent.release);
    return {
      done: true,
      ...(hints.length > 0 && { message: hints.join(' ') }),
      memory: { ...memoryOf(scope.memory), repositoryUri },
    };
  }

  async advance(scope: Scope, intent: Intent): Promise<Step> {
    const at = await this.at(scope);
    const seen = await look(at.session, intent.release, { ...at, memory: scope.memory, revisions: this.revisions });
    const definition = async () => (await this.ensureDefinition(at, intent.release)).arn;
    return moveService(seen, intent, { ...at, definition });
  }

  async observe(scope: Scope, intent: Intent): Promise<Observation> {
    try {
      return await this.seen(scope, intent);
    } catch (error) {
      scope.signal.throwIfAborted();
      if (!(error instanceof TargetError)) throw error;
      const { reason, message } = error;
      return { outcome: 'Unknown', reason, message, sides: [], progress: '', available: false, memory: scope.memory };
    }
  }

  async forget(scope: Scope, releases: readonly Release[]): Promise<Step> {
    const at = await this.at(scope);
    const families = releases.map(({ number }) => familyOf(at.names.service, number));
    const result = await deregister(at, families);
    await at.repository.forget(releases);
    return { done: true, ...(result === 'Refused' && { message: definitionsStay }) };
  }

  /** The service first: what it runs is gone before what it was started from. */
  async remove(scope: Scope): Promise<Step> {
    const at = await this.at(scope);
    const gone = await removeService(at);
    if (!gone.done) return gone;
    const result = await deregister(at, await at.definitions.families());
    // A family is listed for a while after its last definition went, so an empty list is no sign of the end.
    if (result === 'Some')
      return { done: false, message: 'Task definitions are being deregistered.', retryAfterMs: 1000 };
    await at.repository.remove();
    return { done: true, ...(result === 'Refused' && { message: definitionsStay }) };
  }

  private async seen(scope: Scope, intent: Intent): Promise<Observation> {
    const at = await this.at(scope);
    const { names, session, signal } = at;
    const seen = await look(session, intent.release, { ...at, memory: scope.memory, revisions: this.revisions });
    const { service, standing } = seen;
    const family = familyOf(names.service, intent.release.number);
    const cause = service && (await whyTasksFail(session, { service, standing, family }, signal));
    return observationOf(seen, intent, { names, cause, memory: memoryOf(scope.memory) });
  }

  /** The definition is registered last, so one that is found stands for an image that is there. */
  private async ensureDefinition({ deployment, repository, definitions }: At, release: Release) {
    const { copyImage } = this.options;
    const found = await repository.ensure();
    const known = await definitions.find(release, found.uri);
    if (known === undefined) await repository.copy(found, { copyImage, deployment, release });
    return { arn: known ?? (await definitions.register(release, found.uri)), repositoryUri: found.uri };
  }

  private async at({ deployment, signal }: Scope): Promise<At> {
    const place = this.options.placeOf(deployment);
    const session = await this.options.sessions.of(place);
    const names = namesOf(deployment, place);
    return {
      deployment,
      session,
      names,
      signal,
      definitions: new Definitions(session, names, signal),
      repository: new Repository(session, names, signal),
    };
  }
}

const definitionsStay =
  'Task definitions stay registered, as the role may not ecs:DeregisterTaskDefinition; they run nothing.';

async function deregister({ definitions }: At, families: readonly string[]): Promise<Deregistered> {
  let result: Deregistered = 'None';
  for (const family of families) {
    const one = await definitions.deregister(family);
    if (one === 'Refused') return one;
    if (one === 'Some') result = one;
  }
  return result;
}

function refuseStrategy({ strategy }: Intent, { strategies }: Capabilities): void {
  if (strategies.includes(strategy.type)) return;
  throw new TargetError(
    'Unsupported',
    `A Target on ECS does not have the strategy ${strategy.type}; use ${strategies.join(' or ')}.`,
  );
}
