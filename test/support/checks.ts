import type { Check } from '../../src/crds/check/check.ts';
import { deploymentSpec } from '../../src/crds/deployment/spec.ts';
import type { Verdict } from '../../src/rollout/checks/judge.ts';
import type { Measurement, Run } from '../../src/rollout/checks/run.ts';

/** A check with the defaults of the schema. */
export function aCheck(name: string, fields: Record<string, unknown> = {}): Check {
  const isOther = ['prometheus', 'webhook', 'job'].some((kind) => kind in fields);
  const kind = isOther ? {} : { http: { url: 'https://a.test' } };
  const spec = { source: { image: 'a.example.com/web:1' }, checks: [{ name, ...kind, ...fields }] };
  const [check] = deploymentSpec.parse(spec).checks ?? [];
  if (check === undefined) throw new Error('the schema gave no check');
  return check;
}

export function aMeasurement(run: Run, verdict: Verdict, at: Date): Measurement {
  return { run, verdict, value: '1', message: `it is ${verdict}.`, at };
}
