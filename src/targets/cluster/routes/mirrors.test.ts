import { expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import type { Gateway as Wanted } from '../../../crds/place/gateway.ts';
import { type Client, KubeError } from '../../../kube/index.ts';
import { gateways } from '../../../objects/routes.ts';
import { Mirrors } from './mirrors.ts';

function obstacle(
  features: unknown,
  { kind = 'HTTPRoute', percent = 5 }: { kind?: Wanted['kind']; percent?: number } = {},
) {
  const asked: string[] = [];
  const get = (resource: unknown, { name }: { name: string }) => {
    asked.push(name);
    if (resource === gateways) return Promise.resolve({ spec: { gatewayClassName: 'class' } });
    if (features !== undefined) return Promise.resolve({ status: { supportedFeatures: features } });
    return Promise.reject(new KubeError({ code: 'NotFound', attempted: 'get', detail: 'none' }));
  };
  const gateway = { kind, parentRefs: [{ name: 'public', namespace: 'gateways' }] };
  const deployment = aDeployment({
    cluster: { gateway },
    strategy: { type: 'Canary', canary: { steps: [{ mirrorPercent: percent }] } },
  });
  const mirrors = new Mirrors({ client: { get } as unknown as Client, clock: { monotonic: () => 0 } });
  return { asked, ask: () => mirrors.obstacleOf(deployment, AbortSignal.timeout(1000)) };
}

it.each([
  ['names', ['HTTPRouteRequestMirror', 'HTTPRouteRequestPercentageMirror']],
  ['objects', [{ name: 'HTTPRouteRequestMirror' }, { name: 'HTTPRouteRequestPercentageMirror' }]],
])('a mirror is taken where the class of the Gateway reports it, as %s, and it is asked once', async (_, features) => {
  const { asked, ask } = obstacle(features);

  expect([await ask(), await ask()]).toEqual([undefined, undefined]);
  expect(asked).toEqual(['public', 'class']);
});

it.each<[string, unknown, object, string]>([
  ['nothing', [], {}, 'does not report HTTPRouteRequestMirror'],
  ['no share of it', [{ name: 'HTTPRouteRequestMirror' }], {}, 'does not report HTTPRouteRequestPercentageMirror'],
  ['no class', undefined, {}, 'does not report HTTPRouteRequestMirror'],
  ['nothing for GRPC', [{ name: 'HTTPRouteRequestMirror' }], { kind: 'GRPCRoute', percent: 100 }, 'GRPCRoute'],
])('a mirror is refused with what works where the Gateway reports %s', async (_, features, options, message) => {
  const error = await obstacle(features, options).ask();

  expect(error).toMatchObject({ reason: 'Unsupported', message: expect.stringContaining(message) });
  expect(error?.message).toContain('use steps of headers or weight');
});

it('all of it needs no feature for a share, and none of it no feature', async () => {
  expect(await obstacle(['HTTPRouteRequestMirror'], { percent: 100 }).ask()).toBeUndefined();
  expect(await obstacle([], { percent: 0 }).ask()).toBeUndefined();
});
