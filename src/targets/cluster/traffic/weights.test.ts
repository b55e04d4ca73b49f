import { describe, expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import { fc } from '../../../../test/support/properties.ts';
import { childOf } from '../children/child.ts';
import { evenWeights, formatWeights, weightsOn } from './weights.ts';

const deployment = aDeployment();
const written = (traffic: string) => childOf(deployment, {}, { notes: { 'vish.dev/traffic': traffic } });

describe('what stands on a Service or route', () => {
  it('is read back as it was written', () => {
    const weights = new Map([
      [5, 10],
      [4, 90],
      [3, 0],
    ]);

    expect(formatWeights(weights)).toBe('4=90,5=10');
    expect(weightsOn(written('4=90,5=10'), deployment)).toEqual(
      new Map([...weights].filter(([, weight]) => weight > 0)),
    );
  });

  it.each(['', '4=90', '4=100,5=100', '4=-1,5=101', '4=100;', 'x=100', `${'9'.repeat(20)}=100`])(
    'is not believed when nobody of us can have written it: "%s"',
    (text) => {
      expect(weightsOn(written(text), deployment)).toBeUndefined();
    },
  );

  it('is not believed on an object of somebody else', () => {
    const theirs = { metadata: { ...written('4=100').metadata, labels: {}, ownerReferences: [] } };

    expect(weightsOn(theirs, deployment)).toBeUndefined();
  });
});

it('a Service to all replicas divides by what is ready, and always 100 in all', () => {
  expect(evenWeights([], 1)).toEqual(new Map([[1, 100]]));
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }), (counts) => {
      const weights = evenWeights(
        counts.map((ready, release) => ({ release, ready })),
        0,
      );

      expect([...weights.values()].reduce((total, weight) => total + weight, 0)).toBe(100);
    }),
    { numRuns: 100 },
  );
});
