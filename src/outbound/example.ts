import { systemClock } from '../seams/system.ts';
import type { Exception } from './outbound.ts';
import { createOutbound, dnsResolver, OutboundError } from './outbound.ts';

/** What the operator's configuration may say: one host inside, at one address and port, over plain http. */
const corporate: Exception = { cidr: '127.0.0.2', host: 'checks.corp.test', port: 8080, http: true };

/** Asks a user's webhook whether a release may go on; what it returns may be shown to the user. */
export async function askWebhook(url: string, resolver = dnsResolver(), exception = corporate): Promise<string> {
  const outbound = createOutbound({
    clock: systemClock,
    resolver,
    clusterRanges: ['10.96.0.0/12', '10.244.0.0/16'],
    apiServers: ['10.96.0.1', 'kubernetes.default.svc'],
    exceptions: [exception],
  });
  try {
    const answer = await outbound.request({ url, secretPath: true, limits: { totalMs: 10_000, maxBytes: 4096 } });
    return `answered ${answer.status}`;
  } catch (error) {
    if (error instanceof OutboundError) return `${error.code}: ${error.message}`;
    throw error;
  } finally {
    await outbound.close();
  }
}
