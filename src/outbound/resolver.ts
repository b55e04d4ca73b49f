import { Resolver as CaresResolver } from 'node:dns/promises';

/** Every address of a host name. Rejects when there is none; stops at once when `signal` aborts. */
export type Resolver = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * DNS of the machine, or of `servers`, without search list and hosts file: a user's URL names a host in full. It does
 * not use getaddrinfo, because a hostile name server that answers slowly would occupy the few threads that Node has
 * for it and for files and zlib.
 */
export function dnsResolver(servers?: readonly string[]): Resolver {
  return async (host, signal) => {
    const dns = new CaresResolver({ timeout: 2_000, tries: 3 });
    if (servers) dns.setServers(servers);
    const cancel = () => dns.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await bothFamilies(dns, host);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

/** One family is enough; when both fail, the reason of IPv4 is given. */
async function bothFamilies(dns: CaresResolver, host: string): Promise<readonly string[]> {
  const answers = await Promise.allSettled([dns.resolve4(host), dns.resolve6(host)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length === 0 && answers[0].status === 'rejected') throw answers[0].reason;
  return found;
}
