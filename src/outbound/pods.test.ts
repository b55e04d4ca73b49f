import { expect, it } from 'vitest';
import { systemClock } from '../seams/system.ts';
import type { OutboundOptions } from './outbound.ts';
import { createPodsOutbound } from './pods.ts';
import { failure, useRig } from './test-rig.ts';

const rig = useRig('pods');

function pods(port: number, options: Partial<OutboundOptions> = {}) {
  const resolver = () => Promise.reject(new Error('nobody is to be looked up'));
  return createPodsOutbound({ clock: systemClock, resolver, apiServers: ['10.96.0.1'], ...options }, port);
}

it.each(['10.244.3.7', '172.20.0.9', '192.168.4.4', '100.64.9.1', '[fd00:10::7]', '203.0.115.4'])(
  'lets a pod at %s be asked, at its port alone',
  async (host) => {
    const outbound = pods(8080);

    await outbound.check(`http://${host}:8080/healthz`);
    expect((await failure(outbound.check(`http://${host}:10250/healthz`))).code).toMatch('Refused');
  },
);

it.each(['127.0.0.1', '[::1]', '169.254.169.254', '100.100.100.200', '[fd00:ec2::254]', '10.96.0.1', '0.0.0.0'])(
  'refuses %s also for a pod',
  async (host) => {
    expect(await failure(pods(8080).check(`http://${host}:8080/`))).toMatchObject({ code: 'AddressRefused' });
  },
);

it('gives back a redirect as the answer that it is, and asks nobody where it leads', async () => {
  rig().handler = (_request, response) => response.writeHead(302, { location: 'http://10.0.0.1:8080/' }).end();
  const outbound = pods(rig().port, { exceptions: [{ cidr: '127.0.0.2/31' }] });
  rig().seen.length = 0;

  const answer = await outbound.request({ url: rig().url('127.0.0.2'), takesRedirect: true });
  await outbound.close();

  expect(answer).toMatchObject({ status: 302 });
  expect(rig().seen).toHaveLength(1);
});
