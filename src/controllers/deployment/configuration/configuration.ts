import { createHash } from 'node:crypto';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { type Client, formatKey, type Informer, ifPresent, type KubeObject } from '../../../kube/index.ts';
import { Lru } from '../../../kube/lru/lru.ts';
import { configMaps, secrets } from '../../../objects/core.ts';
import type { Read } from '../../../objects/wire.ts';
import type { Clock } from '../../../seams/clock.ts';
import { Obstacle } from '../obstacle.ts';
import { type Content, ofConfigMap, ofSecret } from './content.ts';
import { type Reference, referencesOf } from './references.ts';

/** A reference with what it holds now. */
export interface Held extends Reference {
  /** Part of what identifies a release; absent for what changes without one. */
  readonly digest?: string;
  /** A release holds a copy of it. */
  readonly copied?: true;
}

export interface ConfigurationReaderOptions {
  readonly client: Pick<Client, 'get'>;
  readonly clock: Clock;
  /** Of ConfigMaps, metadata alone. */
  readonly configMaps: Informer<KubeObject>;
}

/** Secrets are not watched: a right to watch is one to read them all. */
export const secretPollMs = 60_000;
const copiesPollMs = 10 * secretPollMs;
const mostRemembered = 10_000;

/** Reads what a Deployment refers to: ConfigMaps when they changed, Secrets by name and at most once a minute. */
export class ConfigurationReader {
  private readonly options: ConfigurationReaderOptions;
  private readonly maps: Lru<Content>;
  private readonly secrets: Lru<Content>;
  /** Digests by version, so that a Secret that did not change is not digested again. */
  private readonly digested: Lru<Content>;
  /** Copies of Secrets that are there, which no cache tells. */
  readonly knownCopies: Lru<true>;

  constructor(options: ConfigurationReaderOptions) {
    this.options = options;
    const bounds = { clock: options.clock, maxEntries: mostRemembered };
    this.maps = new Lru({ ...bounds, ttlMs: 24 * 3_600_000 });
    this.secrets = new Lru({ ...bounds, ttlMs: secretPollMs });
    this.digested = new Lru({ ...bounds, ttlMs: 24 * 3_600_000 });
    this.knownCopies = new Lru({ ...bounds, ttlMs: copiesPollMs });
  }

  /** Throws an Obstacle when something is missing: a replica would wait for it for ever. */
  async read(deployment: Read<Deployment>, signal: AbortSignal): Promise<Held[]> {
    const held: Held[] = [];
    for (const reference of referencesOf(deployment.spec)) held.push(await this.readOne(deployment, reference, signal));
    return held;
  }

  private async readOne(deployment: Read<Deployment>, reference: Reference, signal: AbortSignal): Promise<Held> {
    const { namespace = '' } = deployment.metadata;
    const key = { namespace, name: reference.name };
    const content = reference.kind === 'ConfigMap' ? await this.configMap(key, signal) : await this.secret(key, signal);
    if (content === undefined) throw missing(reference, 'it does not exist');
    const absent = reference.keys.filter((each) => !content.keys.includes(each));
    if (absent.length > 0) throw missing(reference, `it has no key ${absent.slice(0, 5).join(', ')}`);
    const counts = reference.track && (reference.kind === 'ConfigMap' || deployment.spec.onSecretChange !== 'Ignore');
    if (!counts) return reference;
    const isCopied = reference.kind === 'ConfigMap' || (deployment.spec.rollbackSecrets && content.restorable === true);
    return { ...reference, digest: content.digest, ...(isCopied ? { copied: true } : {}) };
  }

  /** It is read again at the next look. */
  forgetSecret(key: { namespace: string; name: string }): void {
    this.secrets.delete(formatKey(key));
  }

  private async configMap(key: { namespace: string; name: string }, signal: AbortSignal): Promise<Content | undefined> {
    const seen = this.options.configMaps.store.get(formatKey(key));
    if (seen === undefined) return undefined;
    const id = `${seen.metadata.uid}/${seen.metadata.resourceVersion}`;
    const known = this.maps.get(id);
    if (known !== undefined) return known;
    const found = await ifPresent(this.options.client.get(configMaps, key, { signal }));
    if (found === undefined) return undefined;
    const content = ofConfigMap(found);
    this.maps.set(`${found.metadata.uid}/${content.resourceVersion}`, content);
    return content;
  }

  private async secret(key: { namespace: string; name: string }, signal: AbortSignal): Promise<Content | undefined> {
    const id = formatKey(key);
    const known = this.secrets.get(id);
    if (known !== undefined) return known;
    const found = await ifPresent(this.options.client.get(secrets, key, { signal }));
    if (found === undefined) return undefined;
    const version = `${found.metadata.uid}/${found.metadata.resourceVersion}`;
    const content = this.digested.get(version) ?? (await ofSecret(found));
    this.digested.set(version, content);
    this.secrets.set(id, content);
    return content;
  }
}

/** The name of a copy follows from the release and the content, so that two of one name hold the same. */
export function copyName(release: string, { kind, name, digest = '' }: Held): string {
  const hash = createHash('sha256').update(`${kind}/${name}/${digest}`).digest('hex').slice(0, 10);
  return `${release}-${hash}`;
}

function missing({ kind, name }: Reference, what: string): Obstacle {
  const lookAgainMs = kind === 'Secret' ? secretPollMs : undefined;
  return new Obstacle('ConfigurationMissing', `${kind} "${name}": ${what}.`, { lookAgainMs });
}
