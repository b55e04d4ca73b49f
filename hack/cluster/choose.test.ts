import { describe, expect, it } from 'vitest';
import { choose, type Facts } from './choose.ts';
import type { Probe } from './driver.ts';

const works: Probe = { usable: true, why: 'it works' };
const fails: Probe = { usable: false, why: 'it is not installed' };
const request = { name: 'vish', apiOnly: false, hollowNodes: 0 };

function facts(changes: { kind?: Probe; bare?: Probe; root?: boolean; recorded?: Facts['recorded'] } = {}): Facts {
  const { kind = fails, bare = works, root = true, recorded } = changes;
  return { recorded, root, kind: () => Promise.resolve(kind), bare: () => Promise.resolve(bare) };
}

describe('choosing how a cluster is made', () => {
  it('takes a context that was named, whatever else would work', async () => {
    const choice = await choose({ ...request, context: 'prod' }, facts({ kind: works }));

    expect(choice).toEqual({ kind: 'context', why: '--context prod' });
  });

  it('stays with what made a cluster before', async () => {
    expect(await choose(request, facts({ kind: works, recorded: 'bare' }))).toMatchObject({ kind: 'bare' });
  });

  it('refuses to let a cluster made here stand for a context', async () => {
    const chosen = choose({ ...request, context: 'prod' }, facts({ recorded: 'bare' }));

    await expect(chosen).rejects.toThrow('choose another --name');
  });

  it('prefers kind where it works', async () => {
    expect(await choose(request, facts({ kind: works }))).toEqual({ kind: 'kind', why: 'it works' });
  });

  it('builds from source where kind does not work, and says why it does not', async () => {
    const choice = await choose(request, facts());

    expect(choice).toEqual({ kind: 'bare', why: 'it is not installed; it works' });
  });

  it('runs an api-only cluster from source without rights, and does not ask Docker', async () => {
    const asked: Facts = { ...facts({ root: false }), kind: () => Promise.reject(new Error('asked')) };

    expect(await choose({ ...request, apiOnly: true }, asked)).toMatchObject({ kind: 'bare' });
  });

  it('names every choice when nothing works', async () => {
    const chosen = choose(request, facts({ root: false }));

    await expect(chosen).rejects.toThrow(
      /needs root[\s\S]*install Docker and kind[\s\S]*--context NAME[\s\S]*--api-only/,
    );
  });
});
