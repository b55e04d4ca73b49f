import { createHash } from 'node:crypto';
import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import type { Release } from '../../../rollout/release.ts';
import { TargetError } from '../../target.ts';
import { ecsTags } from '../account/tags.ts';
import { type Names, tagNames } from '../names.ts';
import { type RenderedTask, renderedTask } from './render.ts';

export const containerName = 'app';

/** A release is read back from the API server, where somebody may have changed it. */
export function renderedOf(release: Release): RenderedTask {
  const parsed = renderedTask.safeParse(release.rendered);
  if (parsed.success) return parsed.data;
  throw new TargetError(
    'InvalidTemplate',
    `Release ${release.number} holds no task definition that this version can read; set vish.dev/retry to make it again.`,
    { cause: parsed.error },
  );
}

/** Everything that AWS is to hold; `specHash` is of all of it but the tags. */
export function definitionOf(release: Release, family: string, names: Names, image: string) {
  const { task, container } = renderedOf(release);
  const input = {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    ...task,
    containerDefinitions: [{ name: containerName, image, essential: true, ...container }],
  } satisfies RegisterTaskDefinitionCommandInput;
  const specHash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  const tags = { ...names.tags, [tagNames.specHash]: specHash };
  return { specHash, input: { ...input, tags: ecsTags(tags) } satisfies RegisterTaskDefinitionCommandInput };
}

/** The digest stays what it was: a copy between registries changes no byte of the manifest. */
export function digestOf(release: Release): string {
  const digest = /@(sha256:[a-f0-9]{64})$/u.exec(release.image)?.[1];
  if (digest !== undefined) return digest;
  throw new TargetError(
    'InvalidTemplate',
    `Release ${release.number} names no digest; set vish.dev/retry to make it again.`,
  );
}
