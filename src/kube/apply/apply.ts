import type { Clock } from '../../seams/clock.ts';
import type { CallOptions, Client, Stored } from '../client/client.ts';
import { isKubeError, KubeError } from '../errors/errors.ts';
import { Lru } from '../lru/lru.ts';
import { keyOf } from '../object/key.ts';
import type { KubeObject } from '../object/object.ts';
import { apiVersionOf, type Resource, resourceName } from '../object/resource.ts';
import { contentVersion } from './content-version.ts';
import { checkIntent, intentHash } from './intent.ts';

export interface ApplierOptions {
  client: Pick<Client, 'apply'>;
  /** One stable name per controller: under a new name the old one keeps owning its fields for ever. */
  fieldManager: string;
  clock: Pick<Clock, 'monotonic'>;
  /** How many intents are remembered; beyond that some are sent again for nothing. Default 10,000. */
  maxEntries?: number;
}

export interface Applied<T extends KubeObject> {
  object: Stored<T>;
  /** False when nothing was sent, or the server says that it had nothing to change. */
  changed: boolean;
}

/** Even if something escapes what is compared, it is put right after this time. */
const rememberedMs = 30 * 60_000;

/** Server-side apply that sends an intent only when the stored object may differ from it. */
export class Applier {
  private readonly options: ApplierOptions;
  /** For each object: the content that is known to fulfil an intent, and that intent's hash. */
  private readonly fulfilled: Lru<string>;

  constructor(options: ApplierOptions) {
    this.options = options;
    const { clock, maxEntries = 10_000 } = options;
    this.fulfilled = new Lru({ clock, maxEntries, ttlMs: rememberedMs });
  }

  /**
   * `observed` is the object as the informer's store holds it, undefined when it holds none. It decides whether
   * something changed since; an object read in another way than by a watch would do as well.
   */
  async apply<T extends KubeObject>(
    resource: Resource<T>,
    intent: T,
    observed: Stored<T> | undefined,
    options: CallOptions = {},
  ): Promise<Applied<T>> {
    checkIntent(intent);
    const whole = { ...intent, apiVersion: apiVersionOf(resource), kind: resource.kind };
    const id = `${resourceName(resource)} ${keyOf(intent)}`;
    const hash = intentHash(whole);
    if (observed && this.fulfilled.get(id) === fulfils(observed, intent, hash))
      return { object: observed, changed: false };
    const object = await this.send(resource, whole, options);
    this.fulfilled.set(id, fulfils(object, intent, hash));
    return { object, changed: !sameVersion(object, observed) };
  }

  private async send<T extends KubeObject>(resource: Resource<T>, intent: T, options: CallOptions): Promise<Stored<T>> {
    try {
      return await this.options.client.apply(resource, intent, { ...options, fieldManager: this.options.fieldManager });
    } catch (error) {
      throw withoutName(error, resource, intent.metadata);
    }
  }
}

function fulfils({ metadata }: Stored<KubeObject>, intent: KubeObject, hash: string): string {
  return `${contentVersion(metadata, intent.metadata)} ${hash}`;
}

function sameVersion(a: Stored<KubeObject>, b: Stored<KubeObject> | undefined): boolean {
  return a.metadata.uid === b?.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

/**
 * The text may end in a condition. A generated name in it would change the condition with every try, and every change
 * starts another try. The name stays in `cause`, for logs.
 */
function withoutName(error: unknown, resource: Resource, { name = '', namespace }: KubeObject['metadata']): unknown {
  if (!isKubeError(error)) return error;
  const { code, status, reason, retryAfterMs } = error;
  const strip = (text: string) => text.replaceAll(`"${name}" `, '').replaceAll(name, '(name)');
  return new KubeError({
    code,
    attempted: `apply ${resourceName(resource)}${namespace === undefined ? '' : ` in ${namespace}`}`,
    detail: strip(detailOf(error.message)),
    causes: error.causes.map((cause) => ({ ...cause, message: strip(cause.message) })),
    cause: error,
    ...(status === undefined ? {} : { status }),
    ...(reason === undefined ? {} : { reason }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** What follows `attempted: `; that part names the object. */
function detailOf(message: string): string {
  const end = message.indexOf(': ');
  return end < 0 ? message : message.slice(end + 2);
}
