import { fieldsOf } from '../crds/generate/reference.ts';
import { describeSchema } from '../crds/generate/structural.ts';
import { settingsSchema } from './schema.ts';

/** The reference page of the configuration file. */
export function settingsPage(): string {
  return [
    '# Settings',
    '',
    'The operator reads its settings once, from the file that `--config` names; the chart makes that file from its value',
    '`settings`. Every field has a safe default, and an unknown one is refused. An example stands in',
    '[config/settings.yaml](../../config/settings.yaml).',
    '',
    ...fieldsOf(describeSchema(settingsSchema)),
  ].join('\n');
}
