import { randomUUID } from 'node:crypto';
import type { Client } from '../../../src/kube/client/client.ts';
import { isKubeError } from '../../../src/kube/errors/errors.ts';
import { namespaces } from '../../support/resources.ts';
import { until } from '../../support/until.ts';
import { type AuditEntry, endOf, entriesSince, type Position } from './audit-log.ts';
import { type Tally, tally } from './tally.ts';

/** A moment between two requests. */
export interface Mark {
  position: Position;
  /** When the server got the request that marks it. */
  at: string;
}

export interface Requests {
  mark(): Promise<Mark>;
  /** What `user` asked between two marks; `to` is now unless given. */
  since(mark: Mark, options: { user: string; to?: Mark }): Promise<Tally>;
}

export interface RequestsOptions {
  auditLog: string;
  /** Somebody else than the user that is counted. */
  client: Pick<Client, 'get'>;
}

/** Counts requests by the API server's own audit log, so that no client can forget to count one. */
export function createRequests({ auditLog, client }: RequestsOptions): Requests {
  const mark = async (): Promise<Mark> => {
    const position = await endOf(auditLog);
    return { position, at: await sentinel(auditLog, position, client) };
  };
  return {
    mark,
    async since(from, { user, to }) {
      const end = to ?? (await mark());
      const entries = await entriesSince(auditLog, from.position);
      return tally(entries.filter((entry) => entry.user === user && isBetween(entry, from, end)));
    },
  };
}

/**
 * Asks for something that only we ask for, and waits until the log has it: a line is written after its answer was sent, so
 * the end of the file alone is not the end of what happened. Returns when the server got it.
 */
async function sentinel(auditLog: string, from: Position, client: Pick<Client, 'get'>): Promise<string> {
  const name = `mark-${randomUUID()}`;
  await client.get(namespaces, { name }).catch((error: unknown) => {
    if (!isKubeError(error, 'NotFound')) throw error;
  });
  let found: AuditEntry | undefined;
  await until(
    async () => {
      found = (await entriesSince(auditLog, from)).find((entry) => entry.name === name);
      return found !== undefined;
    },
    { describe: `the audit log has ${name}` },
  );
  return found?.receivedAt ?? '';
}

function isBetween({ receivedAt }: AuditEntry, from: Mark, to: Mark): boolean {
  return from.at <= receivedAt && receivedAt < to.at;
}
