import { type Client, KubeError } from '../../../kube/index.ts';
import { type Pod, pods } from '../../../objects/core.ts';
import { plainLine } from '../../steps/program/lines.ts';
import type { WorkStage } from '../driver.ts';
import { stageOf } from '../progress/stages.ts';

const mostLines = 200;
/** Lines of ours have at most 512 characters. The server cuts the end, which is what counts: so more than they can be. */
const limitBytes = mostLines * 2048;

interface Source {
  readonly client: Pick<Client, 'log'>;
  readonly pod: Pod | undefined;
}

/** What a step printed last. A node that does not answer, or has forgotten, must not keep a Build from its end. */
export async function lastLines({ client, pod }: Source, stage: WorkStage, signal: AbortSignal): Promise<string[]> {
  const { namespace = '', name } = pod?.metadata ?? {};
  const container = Object.keys(stageOf).find((step) => stageOf[step] === stage);
  if (name === undefined || container === undefined) return [];
  try {
    const options = { container, tailLines: mostLines, limitBytes, timeoutMs: 10_000, signal };
    const text = await client.log(pods, { namespace, name }, options);
    const lines = text.split('\n').map((line) => plainLine(line));
    return lines.filter((line) => line.trim() !== '').slice(-mostLines);
  } catch (error) {
    if (error instanceof KubeError && !signal.aborted) return [];
    throw error;
  }
}
