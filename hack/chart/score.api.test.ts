import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ensureBinaries } from '../cluster/build/builder.ts';
import { createReporter } from '../cluster/cli/reporter.ts';
import { run } from '../lib/run.ts';
import { builtHelm } from './helm.ts';
import { renderChart } from './render.ts';

const scored = z.array(
  z.object({
    object_name: z.string(),
    checks: z.array(
      z.object({
        check: z.object({ id: z.string() }),
        grade: z.number(),
        skipped: z.boolean(),
        comments: z.array(z.object({ summary: z.string() })).nullable(),
      }),
    ),
  }),
);
/** kube-score's word for CRITICAL. */
const critical = 1;

/** What it calls critical and we mean, with the reason. */
const meant: Readonly<Record<string, string>> = {
  'CPU limit is not set': 'a leader that is throttled loses its Lease, and with it the work that it has begun',
  'ImagePullPolicy is not set to Always':
    'a tag is never written twice, and a pod must start while the registry is away',
  "The NetworkPolicys selector doesn't match any pods": 'pods of the build namespaces are made by the operator',
};

async function criticalIn(manifests: string): Promise<string[]> {
  const { 'kube-score': score = '' } = await ensureBinaries(['kubeScore'], createReporter());
  const folder = mkdtempSync(join(tmpdir(), 'vish-score-'));
  try {
    const file = join(folder, 'manifests.yaml');
    writeFileSync(file, manifests);
    // Ends with 1 where anything is critical.
    const { stdout } = await run(score, ['score', '--output-format=json', file], { allowFailure: true });
    return scored
      .parse(JSON.parse(stdout))
      .flatMap(({ checks }) =>
        checks
          .filter(({ grade, skipped }) => grade === critical && !skipped)
          .flatMap(({ check, comments }) => comments?.map(({ summary }) => summary) ?? [check.id]),
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('a linter of manifests finds nothing critical in what is installed but what is meant', async () => {
  const rendered = await renderChart({
    helm: await builtHelm(),
    set: ['crds.enabled=false', 'networkPolicy.enabled=true'],
  });
  const found = await criticalIn(rendered);

  expect([...new Set(found)].toSorted()).toEqual(Object.keys(meant).toSorted());
}, 600_000);
