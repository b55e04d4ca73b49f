import type { Stored } from '../../../src/kube/client/client.ts';
import { InformerCache } from '../../../src/kube/informer/informer-cache.ts';
import { keyOf } from '../../../src/kube/object/key.ts';
import type { StoredObject } from '../../../src/kube/object/object.ts';
import type { Transport } from '../../../src/kube/transport/transport.ts';
import { systemClock, systemRandom } from '../../../src/seams/system.ts';
import { recordingLogger } from '../../support/recording-logger.ts';
import { ownKinds } from '../kinds.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { contractRules } from './contract.ts';
import { fluxRules, type Rule } from './rules.ts';
import type { Observed, Version } from './version.ts';

export interface Violation {
  code: string;
  says: string;
  detail: string;
  /** `Deployment shop/web`. */
  object: string;
  resourceVersion: string;
  /** The status that breaks the rule. */
  status: unknown;
}

export interface StatusWatchOptions {
  transport: Transport;
  /** Default: every namespace. */
  namespace?: string;
  /** Values that no status may show. */
  secrets?: Secrets;
}

/** Watches all our kinds and holds every version that it sees against the rules, not only those that a test looks at. */
export interface StatusWatch {
  readonly violations: readonly Violation[];
  /** How many versions were checked. */
  readonly versions: number;
  /** Ends the watch; throws with a list when a rule was broken, or when there was nothing to check. */
  close(): Promise<void>;
}

/** Watching when it returns: no version from now on is missed. */
export async function watchStatuses({ transport, namespace, secrets }: StatusWatchOptions): Promise<StatusWatch> {
  const cache = new InformerCache({ transport, clock: systemClock, random: systemRandom, logger: recordingLogger() });
  const stopping = new AbortController();
  const violations: Violation[] = [];
  let versions = 0;
  const check = (object: Stored<Observed>, before?: Observed) => {
    versions++;
    violations.push(...violationsOf({ object, before }, secrets));
  };
  for (const resource of ownKinds) {
    cache.informer<Observed>(resource, namespace === undefined ? {} : { namespace }).addHandler({
      onAdd: (object) => check(object),
      onUpdate: (old, object) => check(object, old),
      onDelete: (object) => check(object),
    });
  }
  const running = cache.run(stopping.signal);
  await cache.waitForSync(AbortSignal.timeout(30_000));
  return {
    violations,
    get versions() {
      return versions;
    },
    async close() {
      stopping.abort();
      await running;
      if (versions === 0) throw new Error('no object of ours was seen: nothing was checked');
      if (violations.length > 0) throw new Error(report(violations, versions));
    },
  };
}

/** The rules that a version breaks. */
export function violationsOf(version: Version & { object: StoredObject }, secrets?: Secrets): Violation[] {
  const { kind = '', metadata } = version.object;
  const object = `${kind} ${keyOf(version.object)}`;
  return [...fluxRules, ...contractRules, ...secretRules(secrets)].flatMap(({ code, says, ...rule }) => {
    const detail = rule.broken(version);
    if (detail === undefined) return [];
    return [{ code, says, detail, object, resourceVersion: metadata.resourceVersion, status: version.object.status }];
  });
}

function secretRules(secrets: Secrets | undefined): Rule[] {
  if (secrets === undefined) return [];
  return [
    {
      code: 'VISH0004',
      says: 'no status shows a secret',
      broken: ({ object }) => {
        const found = secrets.find([{ where: 'status', text: JSON.stringify(object.status ?? {}) }]);
        return found.length === 0 ? undefined : found.map(({ secret }) => secret).join(', ');
      },
    },
  ];
}

function report(violations: readonly Violation[], versions: number): string {
  const lines = violations
    .slice(0, 20)
    .map(({ code, says, detail, object, resourceVersion, status }) =>
      [
        `${code} ${object} at ${resourceVersion}: ${says}${detail && ` (${detail})`}`,
        `    ${JSON.stringify(status)}`,
      ].join('\n'),
    );
  return `${violations.length} broken status rules in ${versions} versions:\n${lines.join('\n')}`;
}
