import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TestModule } from 'vitest/node';
import { placeNames } from '../../../hack/rights/rules.ts';
import type { AuditEntry } from './audit-log.ts';
import { isWhole, shippedRights, spared, unusedShippedRights } from './shipped.ts';

const all = placeNames.flatMap((place) =>
  shippedRights(place).map(({ verb, resource }) => ({ place, verb, resource })),
);
const namespaces = {
  operator: 'team-a',
  builds: 'vish-builds-untrusted',
  caches: 'vish-builds',
  leader: 'vish-system',
  metrics: '',
};

function entryOf({ place, verb, resource }: (typeof all)[number]): AuditEntry {
  const [whole = '', ...sub] = resource.split('/');
  const [plural = '', ...group] = whole.split('.');
  const named = {
    group: group.join('.'),
    resource: [plural, ...sub].join('/'),
    namespace: namespaces[place],
    name: 'a',
  };
  return { ...named, verb, uri: '', user: '', userAgent: '', code: 200, receivedAt: '' };
}

describe('the shipped rights', () => {
  it('are used up when each was asked for once', () => {
    expect(unusedShippedRights(all.map(entryOf))).toEqual([]);
  });

  it('that nobody used are named with the place where they hold', () => {
    const withoutLogs = all.filter(({ resource }) => resource !== 'pods/log').map(entryOf);
    const elsewhere = entryOf({ place: 'operator', verb: 'get', resource: 'pods/log' });

    expect(unusedShippedRights([...withoutLogs, elsewhere])).toEqual(['builds: get pods/log']);
  });

  it.each(spared)('$rights are spared for a right that is there and a test that is there', ({ rights, test }) => {
    const known = new Set(all.flatMap(({ verb, resource }) => [`${verb} ${resource}`, `${verb} *`]));

    expect(rights.filter((right) => !known.has(right))).toEqual([]);
    expect(test === undefined || existsSync(test)).toBe(true);
  });
});

describe('a run is whole', () => {
  const module = (moduleId: string, ...states: string[]) => {
    const tests = states.map((state) => ({ result: () => ({ state }) }));
    return { moduleId, children: { allTests: () => tests } } as unknown as TestModule;
  };
  const files = ['test/e2e/a.e2e.test.ts', 'test/e2e/b.e2e.test.ts'];

  it.each([
    ['with every file passed', ['passed'], true],
    ['not with a test that was left out', ['passed', 'skipped'], false],
    ['not with a test that failed', ['failed'], false],
  ])('%s', (_, states, whole) => {
    const modules = [module(`/vish/${files[0]}`, 'passed'), module(`/vish/${files[1]}`, ...states)];

    expect(isWhole(modules, files)).toBe(whole);
  });

  it('not without one of the files', () => {
    expect(isWhole([module(`/vish/${files[0]}`, 'passed')], files)).toBe(false);
  });
});
