import { z } from 'zod';
import { atomicList, listMap } from '../fields/lists.ts';
import { label } from '../fields/names.ts';
import { int32, seconds } from '../fields/numbers.ts';
import { text } from '../fields/text.ts';
import { argument } from './workload.ts';

const command = () => atomicList(argument(), { max: 64, min: 1 });

const hook = z.strictObject({
  command: command().describe("Command and arguments, run in the new release's image with its configuration."),
  deadlineSeconds: seconds(1, 86_400)
    .default(600)
    .describe('Time for all attempts; then the hook has failed. Default 600.'),
  retries: int32(0, 10)
    .default(0)
    .describe('Further attempts after a failure; the command must bear being repeated. Default 0.'),
});

/** Release commands: each runs once per release, as a Job. */
export const hooks = z.strictObject({
  beforeRelease: hook
    .optional()
    .describe(
      'Runs before the first replica of the new release, such as a migration. Failure stops the release before any traffic.',
    ),
  afterRelease: hook
    .optional()
    .describe('Runs when the release has all traffic. Failure is shown and changes no traffic.'),
});

const schedule = z.strictObject({
  name: label(40).describe('Name of the schedule, part of the name of its CronJob.'),
  cron: text(100, {
    matches: {
      pattern: '^(@(yearly|monthly|weekly|daily|hourly)|[-0-9A-Za-z*/,?]+( [-0-9A-Za-z*/,?]+){4})$',
      message: "write five fields 'minute hour day month weekday' such as '0 3 * * *', or @daily",
    },
  }).describe('When it runs: minute, hour, day of the month, month, day of the week.'),
  timeZone: text(64, {
    matches: {
      pattern: '^[A-Za-z][-A-Za-z0-9_+]*(/[-A-Za-z0-9_+]+)*$',
      message: 'write a time zone such as Etc/UTC or Europe/Berlin',
    },
  })
    .default('Etc/UTC')
    .describe('Time zone of `cron`. Default Etc/UTC.'),
  command: command().describe("Command and arguments, run in the live release's image with its configuration."),
  deadlineSeconds: seconds(1, 86_400).default(3600).describe('Time for one run; then it is ended. Default 3600.'),
  overlap: z
    .enum(['Forbid', 'Allow', 'Replace'])
    .default('Forbid')
    .describe(
      'What happens when the last run has not ended: skip this one, run both, or end the old one. Default Forbid.',
    ),
});

export const schedules = () =>
  listMap(schedule, { max: 32 })
    .optional()
    .describe('Commands that the live release runs at set times, as CronJobs. Default none.');

export type Hook = z.output<typeof hook>;
export type Hooks = z.output<typeof hooks>;
export type Schedule = z.output<typeof schedule>;
