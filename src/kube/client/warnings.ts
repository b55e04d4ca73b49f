import type { Clock } from '../../seams/clock.ts';
import type { Logger } from '../log/logger.ts';

export interface WarningLog {
  /** Takes the Warning header of an answer, if there was one. */
  note(header: string | undefined, attempted: string): void;
}

const repeatAfterMs = 60 * 60 * 1000;
const remembered = 256;

/** Logs what the server warns of (deprecated versions, odd fields), each text once an hour: it comes with every call. */
export function createWarningLog(logger: Logger | undefined, clock: Clock): WarningLog {
  const lastLogged = new Map<string, number>();
  return {
    note(header, attempted) {
      if (header === undefined || !logger) return;
      for (const warning of parseWarnings(header)) {
        const last = lastLogged.get(warning);
        if (last !== undefined && clock.monotonic() - last < repeatAfterMs) continue;
        if (last === undefined && lastLogged.size >= remembered) lastLogged.delete(oldest(lastLogged));
        lastLogged.set(warning, clock.monotonic());
        logger.warn({ warning, attempted }, 'the API server warns');
      }
    },
  };
}

/** Texts of a header such as `299 - "extensions/v1beta1 is deprecated", 299 - "..."`. */
export function parseWarnings(header: string): string[] {
  const texts = header.matchAll(/\b299\s+\S+\s+"((?:[^"\\]|\\.){0,2000})"/g);
  return [...texts].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

function oldest(map: ReadonlyMap<string, number>): string {
  return map.keys().next().value ?? '';
}
