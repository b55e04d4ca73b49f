import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { reconcileID } from './reconcile-id.ts';

it('is a version 4 UUID, whatever chance gives', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.array(chance, { minLength: 5, maxLength: 5 }), (chances) => {
      let next = 0;

      const id = reconcileID({ next: () => chances[next++] ?? 0 });

      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
});
