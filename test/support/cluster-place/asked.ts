import { createMeasure } from '../../../src/checks/measure.ts';
import { checkReplicas } from '../../../src/operator/check-replicas.ts';
import { systemClock as clock, systemRandom as random } from '../../../src/seams/system.ts';
import type { PlaceTools } from '../deployment-rig.ts';

/** How replicas that only nodes play answer whoever asks them, and the addresses at which they were asked. */
export interface Answering {
  status: number;
  readonly asked: string[];
}

/** Measures as the operator does, up to the request. */
export function askingReplicas({ client, cache }: PlaceTools, replicas: Answering) {
  const nowhere = () => Promise.reject(new Error('nothing but replicas is to be asked'));
  const outbound = {
    request: nowhere,
    stream: nowhere,
    connect: nowhere,
    check: nowhere,
    pinForProgram: nowhere,
    close: () => Promise.resolve(),
  };
  const answer = { headers: new Map<string, string>(), body: emptyBody(), cancel: () => undefined };
  const toPods = () => ({
    ...outbound,
    stream: ({ url }: { url: string }) => {
      replicas.asked.push(url);
      return Promise.resolve({ ...answer, status: replicas.status, url });
    },
  });
  const reachRelease = checkReplicas({ cache, random, outside: { toPods } });
  return createMeasure({ client, clock, outbound, runJob: nowhere, reachRelease });
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  // Nothing.
}
