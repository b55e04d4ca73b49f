import { expect, it } from 'vitest';
import { KubeError } from '../../../kube/index.ts';
import type { Pod } from '../../../objects/core.ts';
import { lastLines } from './log.ts';

const pod: Pod = { metadata: { namespace: 'builds', name: 'build-1-x' } };
const { signal } = new AbortController();

it('reads the container of the stage, as people may read it', async () => {
  const asked: unknown[] = [];
  const client = {
    log: async (...given: unknown[]) => {
      asked.push(given.slice(1));
      return 'one\n\n\u001b[31mtwo\u001b[0m https://ann:pass@git.test\n';
    },
  };

  const lines = await lastLines({ client, pod }, 'Build', signal);

  expect(lines).toEqual(['one', 'two https://[redacted]@git.test']);
  expect(asked).toMatchObject([
    [
      { namespace: 'builds', name: 'build-1-x' },
      { container: 'build', tailLines: 200 },
    ],
  ]);
});

it('has none when the pod or its node is gone', async () => {
  const gone = async () => {
    throw new KubeError({ code: 'NotFound', attempted: 'read log', detail: 'gone' });
  };

  expect(await lastLines({ client: { log: gone }, pod }, 'Build', signal)).toEqual([]);
  expect(await lastLines({ client: { log: gone }, pod: undefined }, 'Build', signal)).toEqual([]);
});
