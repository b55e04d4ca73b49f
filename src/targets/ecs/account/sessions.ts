import { Lru } from '../../../kube/lru/lru.ts';
import type { Clock } from '../../../seams/clock.ts';
import type { EcsPlace } from '../place.ts';
import { explain, isProgramError, sessionIsOver } from './failures.ts';
import { Role } from './role.ts';
import { type Clients, loadSdk, type Sdk, type SdkOptions } from './sdk.ts';

interface Asked {
  /** As IAM writes it. */
  readonly action: string;
  readonly signal: AbortSignal;
  /** Names of errors that the caller has an answer to. */
  readonly expected?: readonly string[];
}

interface Sent {
  readonly abortSignal: AbortSignal;
}

/** Calls into one account and region, as one role. */
export class Session {
  readonly place: EcsPlace;
  /** Its keys were refused; the clients hold on to them, so the session goes as a whole. */
  over = false;
  private readonly clients: Clients;
  private readonly role: Role;

  constructor(place: EcsPlace, clients: Clients, role: Role) {
    this.place = place;
    this.clients = clients;
    this.role = role;
  }

  /** One call. What fails comes back as a TargetError that names the action; `expected` errors come as they are. */
  async ask<T>(
    { action, signal, expected = [] }: Asked,
    call: (clients: Clients, sent: Sent) => Promise<T>,
  ): Promise<T> {
    try {
      return await call(this.clients, { abortSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      if (isProgramError(error) || (error instanceof Error && expected.includes(error.name))) throw error;
      this.over ||= sessionIsOver(error);
      throw explain(error, { action, target: this.place.target });
    }
  }

  async accountId(): Promise<string> {
    return (await this.role.current()).accountId;
  }
}

export interface SessionsOptions extends SdkOptions {
  readonly clock: Clock;
}

const maxSessions = 64;
const dayMs = 24 * 3_600_000;

/** One session for each state of a Target; what a Target's change leaves behind goes with time. */
export class Sessions {
  private readonly options: SessionsOptions;
  private readonly kept: Lru<Session>;
  private sdk: Promise<Sdk> | undefined;

  constructor(options: SessionsOptions) {
    this.options = options;
    this.kept = new Lru({ clock: options.clock, maxEntries: maxSessions, ttlMs: dayMs });
  }

  async of(place: EcsPlace): Promise<Session> {
    const key = JSON.stringify(place);
    const kept = this.kept.get(key);
    if (kept?.over === false) return kept;
    const session = await this.open(place);
    this.kept.set(key, session);
    return session;
  }

  /** A session that takes keys of its own: whether the role can be assumed today. */
  async open(place: EcsPlace): Promise<Session> {
    this.sdk ??= loadSdk(this.options);
    const sdk = await this.sdk;
    const { region } = place.settings;
    const role = new Role(sdk.sts(region), place, this.options.clock);
    return new Session(
      place,
      sdk.clients(region, async () => (await role.current()).credentials),
      role,
    );
  }
}
