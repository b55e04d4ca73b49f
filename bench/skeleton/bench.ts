import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { createReporter } from '../../hack/cluster/cli/reporter.ts';
import { chooseBuilder } from '../../hack/image/choose.ts';
import { ensureImage } from '../../hack/image/ensure.ts';
import { selectImages } from '../../hack/image/images.ts';
import { layerSizes, layerTable } from '../../hack/image/layers.ts';
import { run } from '../../hack/lib/run.ts';
import type { Clock } from '../../src/seams/clock.ts';
import type { Bench, Row, RunInfo } from '../lib/bench.ts';
import { expectExplained, parts } from '../lib/explained.ts';
import { type CommitFigures, releaseOnce } from './commit.ts';
import { killEverywhere } from './kills.ts';
import { wantedPlans } from './plans.ts';
import { podMemory } from './pod-memory.ts';
import { timeQuickstart } from './quickstart.ts';
import { measureOperator, type OperatorFigures } from './start.ts';
import { clear, openWorld, tool, type World } from './world.ts';

let opened: World | undefined;
let live = false;
const starts = new Map<number, Promise<OperatorFigures>>();
const releases = new Map<number, Promise<CommitFigures>>();

function world(): World {
  if (opened === undefined) throw new Error('the rows were measured before setUp');
  return opened;
}

async function quickstart({ clock }: RunInfo): Promise<number> {
  await clear(world());
  const { seconds, table } = await timeQuickstart(clock);
  console.log(`quickstart\n${table}`);
  live = true;
  return seconds;
}

/** The sample runs, from row 1 or from a quickstart of its own. */
async function liveWorld(clock: Clock): Promise<World> {
  if (!live) await timeQuickstart(clock);
  live = true;
  return world();
}

/** Two rows read one release. */
function release({ clock, index }: RunInfo): Promise<CommitFigures> {
  const figures = releases.get(index) ?? liveWorld(clock).then((at) => releaseOnce(at, clock));
  releases.set(index, figures);
  return figures;
}

async function commitSeconds(info: RunInfo): Promise<number> {
  const { seconds, table } = await release(info);
  console.log(`commit pushed\n${table}`);
  return seconds;
}

async function commitRequests(info: RunInfo): Promise<number> {
  const { requests } = await release(info);
  console.log(`requests of one commit\n${requests.table()}`);
  requests.expectNoneDenied();
  expectExplained(requests, parts.commit);
  return requests.total;
}

/** Two rows read one start. */
function start({ clock, quick, index }: RunInfo): Promise<OperatorFigures> {
  const figures = starts.get(index) ?? startOnEmptyServer(clock, quick);
  starts.set(index, figures);
  return figures;
}

async function startOnEmptyServer(clock: Clock, quick: boolean): Promise<OperatorFigures> {
  const server: ApiServer = await startApiServer({ name: `bench-start-${process.pid}` });
  try {
    const kubectl = `${server.binaries}/kubectl`;
    await run(kubectl, ['--kubeconfig', server.kubeconfig, 'apply', '--server-side', '-f', 'config/crd']);
    const { kubeconfig } = server;
    return await measureOperator({ clock, kubeconfig, namespace: 'default', idleMs: quick ? 2000 : 20_000 });
  } finally {
    await server.stop();
  }
}

/** In megabytes, unpacked; prints the layers once. */
async function imageSize({ index }: RunInfo): Promise<number> {
  const report = createReporter();
  const [operator] = selectImages(['operator']);
  if (operator === undefined) throw new Error('there is no image of the operator');
  // As the quickstart makes it, which has made it already.
  const push = `${world().registry}/vish`;
  const { content } = await ensureImage(operator, { report, push, builder: await chooseBuilder({ report }) });
  const [image] = content.images;
  if (image === undefined) throw new Error('the image of the operator has no platform');
  const layers = await layerSizes(image);
  if (index === 0) console.log(layerTable(layers));
  return layers.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
}

/** How many plans ended differently. It takes the sample away and leaves the installed operator without pods. */
async function kills({ clock, quick }: RunInfo): Promise<number> {
  const at = await liveWorld(clock);
  await tool(at, 'kubectl', 'delete projects.vish.dev shop --wait');
  await tool(at, 'kubectl', 'wait --for=delete jobs --all --namespace vish-builds --timeout=60s');
  await tool(at, 'kubectl', 'delete persistentvolumeclaims --all --namespace vish-builds');
  live = false;
  const { plans, text } = await killEverywhere(at, wantedPlans(quick));
  console.log(text);
  return plans.filter(({ differences }) => differences.length > 0).length;
}

function held(unit: string, atMost: number, figure: (run: RunInfo) => Promise<number>): Omit<Row, 'number' | 'work'> {
  return { unit, bar: { of: 'ours', atMost }, measure: async (run) => ({ ours: await figure(run) }) };
}

const startSeconds = async (info: RunInfo) => (await start(info)).readySeconds;
const emptyMemory = async (info: RunInfo) => (await start(info)).rssMebibytes;
const installedMemory = async ({ clock, quick }: RunInfo) =>
  podMemory(await liveWorld(clock), clock, quick ? 2000 : 20_000);

/** The bars of one thin line through every layer; with what each second, byte and request is for. */
export const bench: Bench = {
  name: 'skeleton',
  peer: 'none',
  runs: 3,
  rows: [
    { number: 1, work: 'warm quickstart, cluster up, until the app answers', ...held('s', 60, quickstart) },
    { number: 2, work: 'commit pushed until the new version answers', ...held('s', 30, commitSeconds) },
    { number: 3, work: 'operator start to ready', ...held('s', 2, startSeconds) },
    { number: 3, work: 'resident memory, idle, on an empty API server', ...held('MiB', 120, emptyMemory) },
    { number: 3, work: 'resident memory, idle, installed, with the sample', ...held('MiB', 120, installedMemory) },
    { number: 3, work: 'image, unpacked', ...held('MB', 350, imageSize) },
    { number: 4, work: 'API requests of one commit, from its head to Ready', ...held('', 40, commitRequests) },
    { number: 5, work: 'kills after any write that end differently', ...held('plans', 0, kills), runs: 1 },
  ],
  async setUp() {
    opened = await openWorld();
    const { api } = opened;
    const at = opened;
    return async () => {
      await clear(at);
      await api.close();
    };
  },
};
