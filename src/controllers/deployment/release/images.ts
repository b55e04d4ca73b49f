import { z } from 'zod';

const container = z.looseObject({ image: z.string().nullish() });
const volume = z.looseObject({ image: z.looseObject({ reference: z.string().nullish() }).nullish() });
const shape = z.looseObject({
  template: z.looseObject({
    spec: z
      .looseObject({
        containers: z.array(container).nullish(),
        initContainers: z.array(container).nullish(),
        volumes: z.array(volume).nullish(),
      })
      .nullish(),
  }),
});

/**
 * Every image that a pod of a release would run or mount: a podTemplatePatch adds some, and may name another one for the app.
 * None where there are no pods of ours, or nothing that the API server takes for a pod.
 */
export function imagesIn(rendered: unknown): string[] {
  const { containers, initContainers, volumes } = shape.safeParse(rendered).data?.template.spec ?? {};
  const named = [
    ...[...(initContainers ?? []), ...(containers ?? [])].map(({ image }) => image),
    ...(volumes ?? []).map(({ image }) => image?.reference),
  ];
  return [...new Set(named.filter((image) => image !== null && image !== undefined))];
}
