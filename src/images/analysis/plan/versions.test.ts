import { expect, it } from 'vitest';
import { fc } from '../../../../test/support/properties.ts';
import { chooseVersion } from './versions.ts';

const node = { known: ['18', '20', '22', '24', '26'], preferred: '24' };
const python = { known: ['3.10', '3.11', '3.12', '3.13'], preferred: '3.13' };

it.each([
  ['20', node, '20'],
  ['v20.11.1', node, '20.11.1'],
  ['>=18', node, '24'],
  ['^22.3.0', node, '22'],
  ['>= 18 < 21', node, '20'],
  ['>=18.2 <20.5', node, '20'],
  ['~20.1', node, '20'],
  ['20.x || 22.x', node, '22'],
  ['*', node, '24'],
  ['>26', node, undefined],
  ['lts/iron', node, undefined],
  ['', node, undefined],
  ['>=3.9,<3.12', python, '3.11'],
  ['~=3.11', python, '3.13'],
  ['~> 3.11.2', python, '3.11'],
  ['==3.12.*', python, '3.12'],
  ['^3.11', python, '3.13'],
  ['^8.2 | ^9', { known: ['8.2', '8.4'], preferred: '8.4' }, '8.4'],
])('reads %s', (wanted, versions, chosen) => {
  expect(chooseVersion(wanted, versions)).toBe(chosen);
});

it('gives a known version, a plain one, or none, whatever is asked for', () => {
  const words = fc.array(fc.constantFrom('>=', '<', '^', '~', '||', ' ', '1', '20', '.', 'x', '*', ',', 'v', '-'));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        words.map((parts) => parts.join('')),
      ),
      (wanted) => {
        const chosen = chooseVersion(wanted, node);
        expect(chosen === undefined || node.known.includes(chosen) || /^\d+(\.\d+){0,2}$/.test(chosen)).toBe(true);
      },
    ),
  );
});
