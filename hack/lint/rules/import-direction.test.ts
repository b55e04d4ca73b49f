import { RuleTester } from 'oxlint/plugins-dev';
import { describe, it } from 'vitest';
import { importDirection } from './import-direction.ts';

RuleTester.describe = describe;
RuleTester.it = it;

const here = process.cwd();
const file = (name: string, code: string) => ({ cwd: here, filename: `${here}/${name}`, code });

new RuleTester().run('imports in src/ point one way', importDirection, {
  valid: [
    file('src/controllers/build/phases.ts', "import { apply } from '../../kube/apply/apply.ts';"),
    file('src/kube/queue/queue.ts', "import { sleep } from '../../seams/clock.ts';"),
    file('src/kube/queue/queue.ts', "import { other } from './other.ts';"),
    file('src/kube/queue/queue.ts', "import { Agent } from 'undici';"),
    file('src/main.ts', "import { start } from './controllers/start.ts';"),
    file('src/kube/queue/queue.test.ts', "import { cluster } from '../../../test/support/cluster.ts';"),
    file('hack/cluster/main.ts', "import { waitFor } from '../../test/support/wait.ts';"),
  ],
  invalid: [
    {
      ...file('src/kube/queue/queue.ts', "import { reasons } from '../../crds/reasons.ts';"),
      errors: [{ message: /src\/kube may import only src\/seams, not src\/crds\. Pass the value in/ }],
    },
    {
      ...file('src/rollout/engine.ts', "import { request } from '../kube/client/client.ts';"),
      errors: [{ message: /src\/rollout may import only src\/crds/ }],
    },
    {
      ...file('src/seams/clock.ts', "export * from '../kube/client/client.ts';"),
      errors: [{ message: /src\/seams may import only its own folder/ }],
    },
    {
      ...file('src/kube/queue/queue.ts', "const lazy = await import('../../controllers/build/build.ts');"),
      errors: [{ message: /not src\/controllers/ }],
    },
    {
      ...file('src/main.ts', "import { up } from '../hack/cluster/up.ts';"),
      errors: [{ message: /src\/ may not import hack\// }],
    },
    {
      ...file('src/novelty/thing.ts', "import { sleep } from '../seams/clock.ts';"),
      errors: [{ message: /src\/novelty has no line in hack\/lint\/layers\.ts/ }],
    },
  ],
});
