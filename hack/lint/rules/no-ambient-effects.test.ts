import { RuleTester } from 'oxlint/plugins-dev';
import { describe, it } from 'vitest';
import { noAmbientEffects } from './no-ambient-effects.ts';

RuleTester.describe = describe;
RuleTester.it = it;

const here = process.cwd();
const file = (name: string, code: string) => ({ cwd: here, filename: `${here}/${name}`, code });
const refused = (code: string, message: RegExp) => ({ ...file('src/kube/a.ts', code), errors: [{ message }] });

new RuleTester().run('time, chance and the network are passed in', noAmbientEffects, {
  valid: [
    file('src/seams/system.ts', 'export const now = () => Date.now();'),
    file('src/kube/a.ts', 'clock.setTimeout(run, 10); const at = new Date(clock.now()); random.next();'),
    file('src/kube/a.ts', 'const parsed = Date.parse(text); const big = Math.max(1, 2);'),
    file('src/kube/a.ts', 'client.fetch(url); table.constructor();'),
  ],
  invalid: [
    refused('const t = Date.now();', /Take a Clock .* call clock\.now/),
    refused('const t = new Date();', /write new Date\(clock\.now\(\)\)/),
    refused('setTimeout(run, 10);', /call clock\.setTimeout/),
    refused('setInterval(run, 10);', /an interval piles up work/),
    refused('const r = Math.random();', /Take a Random/),
    refused('const p = performance.now();', /call clock\.monotonic/),
    refused('await fetch(url);', /src\/outbound for every URL/),
    refused("import { setTimeout as wait } from 'node:timers/promises';", /use sleep from/),
  ],
});
