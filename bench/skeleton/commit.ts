import { request } from 'undici';
import { sampleDeployment, sampleHost } from '../../hack/quickstart/manifests.ts';
import { annotations } from '../../src/objects/labels.ts';
import { deployments } from '../../src/objects/vish.ts';
import { type Clock, sleep } from '../../src/seams/clock.ts';
import { createRequests } from '../../test/harness/requests/requests.ts';
import { userOf } from '../../test/harness/requests/rights.ts';
import type { Tally } from '../../test/harness/requests/tally.ts';
import { until } from '../../test/support/until.ts';
import { watchRelease } from './release-watch.ts';
import { cloneSample } from './source.ts';
import { stageTable } from './stages.ts';
import type { World } from './world.ts';

export interface CommitFigures {
  /** From the end of the push until the Gateway gives an answer of the new version. */
  seconds: number;
  table: string;
  /** What the operator asked of the API server from the push until the Deployment was Ready and quiet. */
  requests: Tally;
}

export const key = { namespace: 'default', name: sampleDeployment };
/** What still follows when all is Ready, such as the old pods' end, belongs to the commit too. */
const settleMs = 5000;

/** A new version of the sample on its way from the push to the answer. The sample must be live. */
export async function releaseOnce(world: World, clock: Clock): Promise<CommitFigures> {
  const { api } = world;
  const source = await cloneSample();
  let commit: string | undefined;
  const watch = await watchRelease({ api, clock, namespace: key.namespace, commit: () => commit });
  const requests = createRequests({ auditLog: world.auditLog, client: api.client });
  try {
    const version = `version ${clock.now()}`;
    const committed = await source.commitVersion(version);
    const from = await requests.mark();
    await source.push('main');
    const pushed = clock.monotonic();
    commit = committed;
    await wake(world, committed);
    const answered = await untilAnswers(world, clock, version);
    await until(() => watch.isReady(), { deadlineMs: 120_000, describe: `${key.name} is Ready with ${version}` });
    const ready = clock.monotonic();
    await sleep(clock, settleMs);
    const tally = await requests.since(from, { user: userOf({ namespace: 'vish-system', name: 'vish' }) });
    const moments = [...watch.moments(), { stage: 'first answer of the new version', at: answered }];
    const inOrder = moments.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
    const table = stageTable(pushed, [...inOrder, { stage: 'Ready', at: ready }]);
    return { seconds: (answered - pushed) / 1000, table, requests: tally };
  } finally {
    await watch.close();
    await source.remove();
  }
}

/** As the webhook of a git host would. */
export async function wake({ api }: World, commit: string): Promise<void> {
  const change = { metadata: { annotations: { [annotations.wake]: commit } } };
  await api.client.patch(deployments, key, change, { type: 'merge' });
}

async function untilAnswers({ gateway }: World, clock: Clock, version: string): Promise<number> {
  let at = 0;
  const asks = async () => {
    const { body } = await request(gateway, { headers: { host: sampleHost }, signal: AbortSignal.timeout(2000) });
    const found = (await body.text()).includes(`${version},`);
    at = clock.monotonic();
    return found;
  };
  await until(() => asks().catch(() => false), { deadlineMs: 180_000, everyMs: 50, describe: `the app is ${version}` });
  return at;
}
