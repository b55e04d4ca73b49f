import { isDeepStrictEqual } from 'node:util';
import type { Build } from '../../crds/build/build.ts';
import {
  type Client,
  ifPresent,
  isControlledBy,
  isKubeError,
  isRefusal,
  type Stored,
  withController,
} from '../../kube/index.ts';
import { type ConfigMap, configMaps } from '../../objects/core.ts';
import { labels, manager } from '../../objects/labels.ts';
import { builds } from '../../objects/vish.ts';

/** Where the last lines of a failed step stay when its pod is gone. */
export interface LastLines {
  /** The place for the status; undefined when nothing could be kept. Repeating it is harmless. */
  keep(build: Stored<Build>, lines: readonly string[], signal: AbortSignal): Promise<string | undefined>;
}

const key = 'lines';

/** In a ConfigMap beside the Build, which goes with it. */
export function linesInConfigMaps(client: Pick<Client, 'create' | 'get'>): LastLines {
  return {
    keep: async (build, lines, signal) => {
      if (lines.length === 0) return undefined;
      const map = mapOf(build, lines);
      try {
        await client.create(configMaps, map, { signal });
      } catch (error) {
        // The lines are a help: a quota that is full must not keep the Build from its end.
        if (isRefusal(error)) return undefined;
        if (!isKubeError(error, 'AlreadyExists')) throw error;
        const there = await ifPresent(client.get(configMaps, map.metadata, { signal }));
        if (there === undefined || !isSame(there, map, build)) return undefined;
      }
      return map.metadata.name;
    },
  };
}

/** From before a crash. The name is no secret: people would take for the log what somebody else put there. */
function isSame(there: Stored<ConfigMap>, { data }: ConfigMap, build: Stored<Build>): boolean {
  return isControlledBy(there, build) && isDeepStrictEqual(there.data, data);
}

/** With part of the UID, because a Build that was made again has other lines. */
function mapOf(build: Stored<Build>, lines: readonly string[]) {
  const { namespace = '', name, uid } = build.metadata;
  const metadata = {
    namespace,
    name: `${name.slice(0, 200).replace(/[-.]+$/, '')}-${uid.slice(0, 8)}-${key}`,
    labels: { [labels.managedBy]: manager },
  };
  const map = { metadata, data: { [key]: `${lines.join('\n')}\n` }, immutable: true };
  return withController(map, { resource: builds, object: build });
}
