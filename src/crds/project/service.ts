import { buildSettings } from '../build/settings.ts';
import { repositoryPath } from '../fields/urls.ts';
import { strategy } from '../strategy/strategy.ts';
import { hooks, schedules } from '../workload/jobs.ts';
import { partialWorkload } from '../workload/workload.ts';

/** The short form for a Project of one service: these stand at the top of the spec. */
export const shortForm = {
  path: repositoryPath().optional().describe('Folder of the service in the repository. Default: its root.'),
  build: buildSettings.optional().describe('How its image is made. Default: from the Dockerfile.'),
  workload: partialWorkload.optional().describe('What runs. Default: one replica of the image, without port.'),
};

/** One service, in `services`. */
export const serviceFields = {
  ...shortForm,
  strategy: strategy.optional().describe('How a release replaces the one before it. Default Rolling.'),
  hooks: hooks.optional().describe('Commands that run once per release, such as migrations. Default none.'),
  schedules: schedules(),
};
