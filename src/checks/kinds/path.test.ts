import { expect, it, vi } from 'vitest';
import { useRig } from '../../outbound/test-rig.ts';
import type { Reading } from '../measure.ts';
import { measurePath, type Replica } from './path.ts';

const rig = useRig('path checks');

function ask(settings: Partial<Parameters<typeof measurePath>[0]>, replica: Replica | Reading): Promise<Reading> {
  const call = { outbound: rig().client(), seconds: 5, signal: new AbortController().signal };
  return measurePath({ path: '/healthz', ...settings }, replica, call);
}

function aReplica(fields: Partial<Replica> = {}): Replica {
  return { address: '127.0.0.2', port: rig().port, outbound: rig().client(), ...fields };
}

it('asks the replica by its address and port, and lets go of it', async () => {
  rig().handler = (_request, response) => response.end('fine');
  rig().seen.length = 0;
  const outbound = rig().client();
  const close = vi.spyOn(outbound, 'close');

  expect(await ask({ bodyContains: 'fine' }, aReplica({ outbound }))).toMatchObject({
    verdict: 'Passed',
    value: '200',
  });
  expect(rig().seen.map(({ request }) => request.headers.host)).toEqual([`127.0.0.2:${rig().port}`]);
  expect(close).toHaveBeenCalledOnce();
});

it('takes a redirect for the answer, wherever it leads', async () => {
  rig().handler = (_request, response) => response.writeHead(302, { location: rig().url('127.0.0.3') }).end();
  rig().seen.length = 0;

  expect(await ask({}, aReplica())).toMatchObject({ verdict: 'Failed', value: '302' });
  expect(await ask({ expectedStatuses: [302] }, aReplica())).toMatchObject({ verdict: 'Passed', value: '302' });
  expect(rig().seen).toHaveLength(2);
});

it('fails when nobody listens at the address', async () => {
  const [port, outbound] = [1, rig().client({ ports: [1] })];

  expect(await ask({}, aReplica({ port, outbound }))).toMatchObject({ verdict: 'Failed' });
});

it('writes an address of version 6 as a URL has it', async () => {
  const outbound = rig().client({ exceptions: [] });

  const { verdict, message } = await ask({}, aReplica({ address: 'fd00::7', outbound }));

  expect(verdict).toBe('NoData');
  expect(message).toContain(`http://[fd00::7]:${rig().port}/healthz`);
});

it('says what it means that none can be asked', async () => {
  const none: Reading = { verdict: 'Failed', message: 'None of its replicas is ready.' };

  expect(await ask({}, none)).toBe(none);
});
