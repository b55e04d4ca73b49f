import { destination as fileDestination, type Logger as PinoLogger, pino } from 'pino';
import type { Clock } from '../../seams/clock.ts';
import type { LogFields, Logger } from './logger.ts';
import { pretty } from './pretty.ts';
import type { Redactor } from './redactor.ts';
import { safeFields } from './safe-fields.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  clock: Pick<Clock, 'now'>;
  /** Its values never reach a line. */
  redactor: Redactor;
  /** Default info. */
  level?: LogLevel;
  /** Default json; `text` is for people at a terminal. */
  format?: 'json' | 'text';
  /** Default standard output, written at once, so that the last line before an exit is not lost. */
  destination?: { write(line: string): void };
}

export interface AdjustableLogger extends Logger {
  /** Holds for this logger and all its children from the next line on. */
  readonly setLevel: (level: LogLevel) => void;
}

/** For a flag or a request: refuses what is no level. */
export function parseLevel(text: string): LogLevel {
  const level = logLevels.find((known) => known === text);
  if (!level) throw new Error(`set the log level to "${text}": choose one of ${logLevels.join(', ')}`);
  return level;
}

export function createLogger(options: LogOptions): AdjustableLogger {
  const { clock, redactor, format = 'json', destination = fileDestination({ fd: 1, sync: true }) } = options;
  const write = (line: string) => destination.write(redactor.text(format === 'text' ? pretty(line) : line));
  const lines = pino(
    {
      level: 'debug',
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
      serializers: { err: (error: unknown) => error },
    },
    { write },
  );
  const threshold = { least: rank(options.level ?? 'info') };
  const logger = bound(lines, threshold, {});
  return { ...logger, setLevel: (level) => void (threshold.least = rank(level)) };
}

/**
 * A child of pino would copy the level of its parent for good, write a field twice that a line has too, and pass its own
 * fields around the formatter. So all children share one pino and hold their fields themselves.
 */
function bound(lines: PinoLogger, threshold: { least: number }, fields: LogFields): Logger {
  const at = (level: LogLevel) => (more: LogFields, message: string) => {
    if (rank(level) >= threshold.least) lines[level]({ ...fields, ...safeFields(more) }, message);
  };
  const child = (more: LogFields) => bound(lines, threshold, { ...fields, ...safeFields(more) });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child };
}

function rank(level: LogLevel): number {
  return pino.levels.values[level] ?? 0;
}
