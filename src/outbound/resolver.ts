import { Resolver as CaresResolver } from 'node:dns/promises';

/** Every address of a host name. Rejects when there is none; stops at once when `signal` aborts. */
export type Resolver = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * DNS as configured on the machine, without its search list and hosts file: a user's URL names a host in full. It does
 * not use getaddrinfo, because a hostile name server that answers slowly would occupy the few threads that Node has
 * for it and for files and zlib.
 */
export const systemResolver: Resolver = async (host, signal) => {
  const dns = new CaresResolver({ timeout: 2_000, tries: 3 });
  const cancel = () => dns.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([dns.resolve4(host), dns.resolve6(host)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length === 0 && answers[0].status === 'rejected') throw answers[0].reason;
    return found;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};
