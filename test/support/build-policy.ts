import { join } from 'node:path';
import { inject } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { chartFolder } from '../../hack/chart/render.ts';
import { type NetworkPolicy, networkPolicies } from '../../hack/cluster/network-policy/kinds.ts';
import { run } from '../../hack/lib/run.ts';
import type { Connected } from '../harness/connect.ts';

/** What the chart puts around the builds of a namespace, with these values. */
export async function applyBuildPolicy({ client }: Pick<Connected, 'client'>, values: object): Promise<void> {
  const { stdout } = await run(
    join(inject('node').binaries, 'helm'),
    ['template', 'vish', chartFolder, '--show-only=templates/builds-networkpolicy.yaml', '--values=-'],
    { input: JSON.stringify(values) },
  );
  for (const document of parseAllDocuments(stdout))
    await client.create(networkPolicies, document.toJS() as NetworkPolicy);
}
