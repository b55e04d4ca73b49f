import { afterAll, beforeAll, expect, it } from 'vitest';
import { Rig } from './test-rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.stop());

/** Without this the attacks would prove nothing: the same hosts do lead to the victim once they are opened. */
it.each(['127.0.0.1', '2130706433', '0177.0.0.1', '127.1', '[::1]', '[::ffff:7f00:1]', 'victim.test'])(
  'reaches the victim at %s when an exception opens it',
  async (host) => {
    rig.names.set('victim.test', [['127.0.0.1']]);
    const client = rig.client({ exceptions: [{ cidr: '127.0.0.1' }, { cidr: '::1' }] });
    const before = rig.reached;

    const { body } = await client.request({ url: rig.url(host) });

    expect(Buffer.from(body).toString()).toBe('victim');
    expect(rig.reached).toBe(before + 1);
  },
);
