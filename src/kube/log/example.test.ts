import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { createLogger, parseLevel } from './create-logger.ts';
import { Redactor } from './redactor.ts';

it('the example of the README writes two lines and no secret', () => {
  const clock = new ManualClock();
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const token = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';

  // README
  const redactor = new Redactor();
  const logger = createLogger({ clock, redactor, destination, level: parseLevel('info') });
  const log = logger.child({ controller: 'build' });

  redactor.add(token); // As soon as it is read.
  log.info({ key: 'shop/web', url: `https://x:${token}@git.example.com/` }, 'cloning');

  logger.setLevel('debug');
  log.debug({ key: 'shop/web' }, 'cloned');
  // end of README

  expect(lines).toHaveLength(2);
  expect(lines.join('')).not.toContain(token);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
